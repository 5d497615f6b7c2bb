#include "cli/admin_socket_client.hpp"

#include <charconv>
#include <system_error>

#include <sys/socket.h>

#include "cli/admin_frames.hpp"

namespace nexus::cli {

namespace {

using domain::Result;

class RemoteAdmin final : public service::AdminPort {
 public:
  explicit RemoteAdmin(Descriptor socket) : socket_(std::move(socket)) {}

  Result<std::string> handle(std::string_view request, service::AdminStream& stream) override {
    if (auto sent = send_frame(socket_.get(), FrameKind::request, request); !sent) {
      return std::unexpected(std::move(sent.error()));
    }
    for (;;) {
      auto frame = receive_frame(socket_.get(), frame_bytes_max);
      if (!frame) return std::unexpected(std::move(frame.error()));
      if (frame->kind == FrameKind::result) return std::move(frame->content);
      if (frame->kind == FrameKind::error) return std::unexpected(decode_error(frame->content));
      if (auto done = serve(*frame, stream); !done) return std::unexpected(std::move(done.error()));
    }
  }

 private:
  // A list of all keys comes in one result.
  static constexpr std::size_t frame_bytes_max = std::size_t{1} << 30U;

  Result<void> serve(const Frame& frame, service::AdminStream& stream) {
    switch (frame.kind) {
      case FrameKind::progress:
        show_progress(frame.content, stream);
        return {};
      case FrameKind::write:
        return stream.write(frame.content);
      case FrameKind::more: {
        std::string piece;
        const auto more = stream.read(piece);
        if (!more) return std::unexpected(more.error());
        return send_frame(socket_.get(), FrameKind::input, piece);
      }
      default:
        return domain::fail(domain::ErrorCode::internal, "the server speaks another version's language");
    }
  }

  static void show_progress(std::string_view content, service::AdminStream& stream) {
    std::uint64_t done = 0;
    std::uint64_t total = 0;
    const char* const begin = content.data();
    const char* const end = begin + content.size();
    const char* const behind_done = std::from_chars(begin, end, done).ptr;
    if (behind_done < end) std::from_chars(behind_done + 1, end, total);
    stream.progress(done, total);
  }

  Descriptor socket_;
};

}  // namespace

std::unique_ptr<service::AdminPort> connect_to_server(const std::filesystem::path& directory) {
  std::error_code error;
  if (!std::filesystem::is_directory(directory, error)) return nullptr;
  const AdminAddress address(directory);
  Descriptor socket(::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0));
  if (!socket) throw std::system_error(errno, std::generic_category(), "socket");
  if (::connect(socket.get(), address.get(), address.size()) == 0) {
    return std::make_unique<RemoteAdmin>(std::move(socket));
  }
  if (errno == ENOENT || errno == ECONNREFUSED) return nullptr;
  throw std::system_error(errno, std::generic_category(),
                          "cannot reach the server that has " + directory.string() + " open");
}

}  // namespace nexus::cli
