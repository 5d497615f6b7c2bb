#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <string_view>
#include <utility>

#include <sys/socket.h>
#include <sys/un.h>

#include "domain/error.hpp"

namespace nexus::cli {

// How the command line speaks with a server over the Unix socket in its data folder. A frame is its kind (one
// byte), the length of what follows (four bytes, lowest first) and that. A connection carries one request:
//
//   client: request ─► server: progress* write* more* … and at last result or error
//
// and each `more` is answered by one `input`, an empty one at its end. So neither side ever writes while the
// other one does.
enum class FrameKind : char {
  request = 'Q',   // JSON
  progress = 'P',  // "done total"
  write = 'W',     // a piece of an export
  more = 'M',      // asks for a piece of the import
  input = 'I',
  result = 'R',  // JSON
  error = 'E',   // "CODE message"
};

struct Frame {
  FrameKind kind = FrameKind::error;
  std::string content;
};

// Owns a file descriptor.
class Descriptor {
 public:
  Descriptor() = default;
  explicit Descriptor(int fd) : fd_(fd) {}
  Descriptor(Descriptor&& other) noexcept : fd_(std::exchange(other.fd_, -1)) {}
  Descriptor& operator=(Descriptor&& other) noexcept {
    std::swap(fd_, other.fd_);
    return *this;
  }
  ~Descriptor();

  int get() const { return fd_; }
  explicit operator bool() const { return fd_ >= 0; }

 private:
  int fd_ = -1;
};

// Blocks until all is sent; UNAVAILABLE when the other side has gone.
domain::Result<void> send_frame(int socket, FrameKind kind, std::string_view content);

// Blocks until a whole frame is there; UNAVAILABLE when the other side has gone or sends nonsense, such as
// more than `bytes_max`.
domain::Result<Frame> receive_frame(int socket, std::size_t bytes_max);

std::string encode_error(const domain::Error& error);
domain::Error decode_error(std::string_view content);

// Where the socket of a data folder is. An address holds 107 bytes of path only; a longer one goes by way of
// the folder's descriptor, which must stay open while the address is used.
class AdminAddress {
 public:
  // Throws std::system_error when the folder cannot be opened.
  explicit AdminAddress(const std::filesystem::path& directory);

  const sockaddr* get() const { return reinterpret_cast<const sockaddr*>(&address_); }
  socklen_t size() const { return sizeof address_; }
  const char* path() const { return address_.sun_path; }

 private:
  Descriptor folder_;
  sockaddr_un address_{};
};

}  // namespace nexus::cli
