#include "cli/admin_frames.hpp"

#include <array>
#include <cerrno>
#include <cstring>
#include <fcntl.h>
#include <system_error>
#include <unistd.h>

#include <fmt/core.h>
#include <sys/socket.h>

namespace nexus::cli {

namespace {

using domain::ErrorCode;
using domain::Result;

constexpr std::size_t head_bytes = 5;

Result<void> send_all(int socket, std::string_view bytes) {
  while (!bytes.empty()) {
    const auto sent = ::send(socket, bytes.data(), bytes.size(), MSG_NOSIGNAL);
    if (sent < 0 && errno == EINTR) continue;
    if (sent < 0) {
      return domain::fail(ErrorCode::unavailable,
                          std::string("the admin connection is gone: ") + std::strerror(errno));
    }
    bytes.remove_prefix(static_cast<std::size_t>(sent));
  }
  return {};
}

Result<void> receive_all(int socket, char* to, std::size_t bytes) {
  while (bytes > 0) {
    const auto received = ::recv(socket, to, bytes, 0);
    if (received < 0 && errno == EINTR) continue;
    if (received < 0) {
      return domain::fail(ErrorCode::unavailable,
                          std::string("the admin connection is gone: ") + std::strerror(errno));
    }
    if (received == 0) return domain::fail(ErrorCode::unavailable, "the admin connection was closed");
    to += received;
    bytes -= static_cast<std::size_t>(received);
  }
  return {};
}

}  // namespace

Descriptor::~Descriptor() {
  if (fd_ >= 0) ::close(fd_);
}

Result<void> send_frame(int socket, FrameKind kind, std::string_view content) {
  std::array<char, head_bytes> head{static_cast<char>(kind)};
  for (std::size_t i = 0; i < 4; ++i) head.at(i + 1) = static_cast<char>(content.size() >> (8 * i));
  if (auto sent = send_all(socket, {head.data(), head.size()}); !sent) return sent;
  return send_all(socket, content);
}

Result<Frame> receive_frame(int socket, std::size_t bytes_max) {
  std::array<char, head_bytes> head{};
  if (auto got = receive_all(socket, head.data(), head.size()); !got) return std::unexpected(got.error());
  std::size_t size = 0;
  for (std::size_t i = 0; i < 4; ++i) {
    size |= static_cast<std::size_t>(static_cast<unsigned char>(head.at(i + 1))) << (8 * i);
  }
  if (size > bytes_max) {
    return domain::fail(ErrorCode::unavailable, "the admin connection carries a frame that is too long");
  }
  Frame frame{.kind = static_cast<FrameKind>(head[0]), .content = std::string(size, '\0')};
  if (auto got = receive_all(socket, frame.content.data(), size); !got) return std::unexpected(got.error());
  return frame;
}

std::string encode_error(const domain::Error& error) {
  return fmt::format("{} {}", domain::name(error.code), told_to_host(error));
}

domain::Error decode_error(std::string_view content) {
  const auto space = content.find(' ');
  const auto word = content.substr(0, space);
  const auto message = space == std::string_view::npos ? std::string_view() : content.substr(space + 1);
  for (unsigned value = 0; value <= static_cast<unsigned>(ErrorCode::unavailable); ++value) {
    const auto code = static_cast<ErrorCode>(value);
    if (domain::name(code) == word) return {.code = code, .message = std::string(message)};
  }
  return {.code = ErrorCode::internal, .message = std::string(content)};
}

AdminAddress::AdminAddress(const std::filesystem::path& directory)
    : folder_(::open(directory.c_str(), O_PATH | O_DIRECTORY | O_CLOEXEC)) {
  if (!folder_) throw std::system_error(errno, std::generic_category(), directory.string());
  std::string path = (directory / "admin.sock").string();
  if (path.size() >= sizeof address_.sun_path) {
    path = fmt::format("/proc/self/fd/{}/admin.sock", folder_.get());
  }
  address_.sun_family = AF_UNIX;
  path.copy(address_.sun_path, sizeof address_.sun_path - 1);
}

}  // namespace nexus::cli
