#include "raw_client.hpp"

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <stdexcept>
#include <unistd.h>
#include <utility>
#include <zlib.h>

#include <arpa/inet.h>
#include <netinet/in.h>
#include <openssl/ssl.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <sys/un.h>

namespace nexus::http::test {
namespace {

constexpr int patience_seconds = 10;

std::string lower(std::string text) {
  std::ranges::transform(text, text.begin(),
                         [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
  return text;
}

// Trusts whatever certificate it is shown.
std::unique_ptr<SSL, void (*)(SSL*)> tls_client(int socket) {
  const std::unique_ptr<SSL_CTX, void (*)(SSL_CTX*)> context(SSL_CTX_new(TLS_client_method()), SSL_CTX_free);
  std::unique_ptr<SSL, void (*)(SSL*)> tls(SSL_new(context.get()), SSL_free);
  SSL_set_fd(tls.get(), socket);
  return tls;
}

}  // namespace

std::string Answer::header(const std::string& name) const {
  const auto found = headers.find(name);
  return found == headers.end() ? "" : found->second;
}

RawClient::RawClient(const std::string& endpoint, Speaks speaks) : tls_(nullptr, SSL_free) {
  sockaddr_storage storage{};
  socklen_t size = 0;
  if (endpoint.starts_with("unix:")) {
    auto* address = reinterpret_cast<sockaddr_un*>(&storage);
    address->sun_family = AF_UNIX;
    std::strncpy(address->sun_path, endpoint.c_str() + 5, sizeof address->sun_path - 1);
    size = sizeof *address;
  } else {
    auto* address = reinterpret_cast<sockaddr_in*>(&storage);
    const std::size_t colon = endpoint.rfind(':');
    address->sin_family = AF_INET;
    address->sin_port = htons(static_cast<std::uint16_t>(std::stoi(endpoint.substr(colon + 1))));
    inet_pton(AF_INET, endpoint.substr(0, colon).c_str(), &address->sin_addr);
    size = sizeof *address;
  }
  fd_ = ::socket(storage.ss_family, SOCK_STREAM | SOCK_CLOEXEC, 0);
  const timeval patience{patience_seconds, 0};
  ::setsockopt(fd_, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience);
  ::setsockopt(fd_, SOL_SOCKET, SO_SNDTIMEO, &patience, sizeof patience);
  if (::connect(fd_, reinterpret_cast<sockaddr*>(&storage), size) != 0) {
    ::close(fd_);
    throw std::runtime_error("cannot connect to " + endpoint);
  }
  if (speaks == Speaks::http) return;
  tls_ = tls_client(fd_);
  if (SSL_connect(tls_.get()) != 1) {
    ::close(fd_);
    throw std::runtime_error("no handshake with " + endpoint);
  }
}

RawClient::~RawClient() {
  ::close(fd_);
}

bool RawClient::send(std::string_view bytes) {
  while (!bytes.empty()) {
    const ssize_t sent = tls_ ? SSL_write(tls_.get(), bytes.data(), static_cast<int>(bytes.size()))
                              : ::send(fd_, bytes.data(), bytes.size(), MSG_NOSIGNAL);
    if (sent < 0) return false;
    bytes.remove_prefix(static_cast<std::size_t>(sent));
  }
  return true;
}

void RawClient::end_sending() {
  ::shutdown(fd_, SHUT_WR);
}

bool RawClient::fill() {
  char bytes[16 * 1024];
  const ssize_t received =
      tls_ ? SSL_read(tls_.get(), bytes, sizeof bytes) : ::recv(fd_, bytes, sizeof bytes, 0);
  if (tls_ && received <= 0) ended_ = SSL_get_error(tls_.get(), 0) == SSL_ERROR_ZERO_RETURN;
  if (received < 0 && errno == ECONNRESET) reset_ = true;
  if (received < 0 && errno == EAGAIN) throw std::runtime_error("the server neither answers nor closes");
  if (received <= 0) return false;
  buffer_.append(bytes, static_cast<std::size_t>(received));
  return true;
}

std::optional<Answer> RawClient::read_answer(bool to_head) {
  std::size_t head_end = 0;
  while ((head_end = buffer_.find("\r\n\r\n")) == std::string::npos) {
    if (!fill()) return std::nullopt;
  }
  if (!buffer_.starts_with("HTTP/1.1 ")) return std::nullopt;
  Answer answer;
  answer.status = static_cast<unsigned>(std::stoi(buffer_.substr(9, 3)));
  for (std::size_t at = buffer_.find("\r\n") + 2; at < head_end + 2;) {
    const std::size_t end = buffer_.find("\r\n", at);
    const std::string line = buffer_.substr(at, end - at);
    const std::size_t colon = line.find(": ");
    answer.headers.emplace(lower(line.substr(0, colon)), line.substr(colon + 2));
    at = end + 2;
  }
  buffer_.erase(0, head_end + 4);
  if (to_head || answer.status == 204 || answer.status == 304 || answer.status == 100) return answer;

  if (answer.header("transfer-encoding") == "chunked") {
    for (;;) {
      std::size_t line_end = 0;
      while ((line_end = buffer_.find("\r\n")) == std::string::npos) {
        if (!fill()) return std::nullopt;
      }
      const std::size_t size = std::stoul(buffer_.substr(0, line_end), nullptr, 16);
      while (buffer_.size() < line_end + 2 + size + 2) {
        if (!fill()) return std::nullopt;
      }
      answer.body += buffer_.substr(line_end + 2, size);
      buffer_.erase(0, line_end + 2 + size + 2);
      if (size == 0) return answer;
    }
  }
  if (!answer.has("content-length")) {
    answer.body = read_to_end();
    return answer;
  }
  const std::size_t length = std::stoul(answer.header("content-length"));
  while (buffer_.size() < length) {
    if (!fill()) return std::nullopt;
  }
  answer.body = buffer_.substr(0, length);
  buffer_.erase(0, length);
  return answer;
}

std::string RawClient::read_to_end() {
  while (fill()) {
  }
  return std::exchange(buffer_, {});
}

bool RawClient::is_closed() {
  return buffer_.empty() && !fill();
}

std::string converse(const std::string& endpoint, std::string_view bytes) {
  RawClient client(endpoint);
  client.send(bytes);
  return client.read_to_end();
}

std::string gunzip(std::string_view compressed) {
  z_stream stream{};
  if (inflateInit2(&stream, 15 + 16) != Z_OK) throw std::runtime_error("inflateInit2");
  stream.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(compressed.data()));
  stream.avail_in = static_cast<uInt>(compressed.size());
  std::string text;
  int result = Z_OK;
  while (result == Z_OK) {
    char bytes[16 * 1024];
    stream.next_out = reinterpret_cast<Bytef*>(bytes);
    stream.avail_out = sizeof bytes;
    result = inflate(&stream, Z_NO_FLUSH);
    text.append(bytes, sizeof bytes - stream.avail_out);
  }
  const bool whole = result == Z_STREAM_END && stream.avail_in == 0;
  inflateEnd(&stream);
  if (!whole) throw std::runtime_error("not a whole gzip stream");
  return text;
}

}  // namespace nexus::http::test
