#include "cli/admin_socket_server.hpp"

#include <cerrno>
#include <exception>
#include <system_error>
#include <unistd.h>

#include <fmt/core.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/time.h>

#include "service/log.hpp"

namespace nexus::cli {

namespace {

using domain::ErrorCode;
using domain::Result;

constexpr std::size_t connections_max = 16;
constexpr int request_timeout_s = 10;

// The other end of a request's streams.
class SocketStream final : public service::AdminStream {
 public:
  explicit SocketStream(int socket) : socket_(socket) {}

  // A client that has gone is noticed by what is read or written next, if anything.
  void progress(std::uint64_t done, std::uint64_t total) override {
    std::ignore = send_frame(socket_, FrameKind::progress, fmt::format("{} {}", done, total));
  }

  Result<void> write(std::string_view piece) override {
    while (!piece.empty()) {
      const auto part = piece.substr(0, service::admin_piece_bytes_max);
      if (auto sent = send_frame(socket_, FrameKind::write, part); !sent) return sent;
      piece.remove_prefix(part.size());
    }
    return {};
  }

  Result<bool> read(std::string& buffer) override {
    if (auto sent = send_frame(socket_, FrameKind::more, {}); !sent) return std::unexpected(sent.error());
    const auto frame = receive_frame(socket_, service::admin_piece_bytes_max);
    if (!frame) return std::unexpected(frame.error());
    if (frame->kind != FrameKind::input) return domain::fail(ErrorCode::invalid_json, "input was expected");
    buffer += frame->content;
    return !frame->content.empty();
  }

 private:
  int socket_;
};

void set_receive_timeout(int socket, int seconds) {
  const timeval timeout{.tv_sec = seconds, .tv_usec = 0};
  ::setsockopt(socket, SOL_SOCKET, SO_RCVTIMEO, &timeout, sizeof timeout);
}

Result<std::string> answer(service::AdminPort& port, int socket) {
  set_receive_timeout(socket, request_timeout_s);
  const auto request = receive_frame(socket, service::admin_request_bytes_max);
  if (!request) return std::unexpected(request.error());
  if (request->kind != FrameKind::request) {
    return domain::fail(ErrorCode::invalid_json, "a request was expected");
  }
  // From here on the client may take its time: an import's input may come from a pipe.
  set_receive_timeout(socket, 0);
  SocketStream stream(socket);
  try {
    return port.handle(request->content, stream);
  } catch (const std::exception& failure) {
    service::log_event(service::LogLevel::error, "admin_request_failed", {{"what", failure.what()}});
    return domain::fail(ErrorCode::internal, "the request failed: see the server's log");
  }
}

}  // namespace

AdminSocketServer::AdminSocketServer(const std::filesystem::path& directory, service::AdminPort& port)
    : port_(port), address_(directory), listener_(::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
  if (!listener_) throw std::system_error(errno, std::generic_category(), "socket");
  // The mode of the socket's file is that of the descriptor when it is bound: never open to others, not even
  // for a moment.
  ::fchmod(listener_.get(), S_IRUSR | S_IWUSR);
  ::unlink(address_.path());
  if (::bind(listener_.get(), address_.get(), address_.size()) != 0 ||
      ::listen(listener_.get(), connections_max) != 0) {
    throw std::system_error(errno, std::generic_category(),
                            "cannot make the socket " + (directory / "admin.sock").string());
  }
  acceptor_ = std::thread([this] { accept_loop(); });
}

AdminSocketServer::~AdminSocketServer() {
  ::unlink(address_.path());
  ::shutdown(listener_.get(), SHUT_RDWR);
  acceptor_.join();
  for (Connection& connection : connections_) ::shutdown(connection.socket.get(), SHUT_RDWR);
  for (Connection& connection : connections_) connection.thread.join();
}

void AdminSocketServer::accept_loop() {
  for (;;) {
    Descriptor socket(::accept4(listener_.get(), nullptr, nullptr, SOCK_CLOEXEC));
    if (socket) {
      adopt(std::move(socket));
    } else if (errno == EMFILE || errno == ENFILE || errno == ENOBUFS || errno == ENOMEM) {
      std::this_thread::sleep_for(std::chrono::milliseconds(100));
    } else if (errno != EINTR && errno != ECONNABORTED) {
      return;
    }
  }
}

void AdminSocketServer::adopt(Descriptor socket) {
  reap();
  if (connections_.size() == connections_max) {
    std::ignore = send_frame(
        socket.get(), FrameKind::error,
        encode_error({.code = ErrorCode::unavailable, .message = "too many admin requests at a time"}));
    return;
  }
  Connection& connection = connections_.emplace_back();
  connection.socket = std::move(socket);
  connection.thread = std::thread([this, &connection] { serve(connection); });
}

void AdminSocketServer::serve(Connection& connection) {
  const int socket = connection.socket.get();
  const auto result = answer(port_, socket);
  std::ignore = result ? send_frame(socket, FrameKind::result, *result)
                       : send_frame(socket, FrameKind::error, encode_error(result.error()));
  ::shutdown(socket, SHUT_RDWR);
  connection.is_done = true;
}

void AdminSocketServer::reap() {
  for (auto at = connections_.begin(); at != connections_.end();) {
    if (at->is_done) {
      at->thread.join();
      at = connections_.erase(at);
    } else {
      ++at;
    }
  }
}

}  // namespace nexus::cli
