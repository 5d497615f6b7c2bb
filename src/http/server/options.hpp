#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "http/server/tls_certificate.hpp"

namespace nexus::http {

inline constexpr std::size_t kibibyte = 1024;
inline constexpr std::size_t mebibyte = 1024 * kibibyte;

// One place where connections are accepted: a TCP address and port, or a Unix socket.
struct Listener {
  std::string address = "127.0.0.1";      // an IPv4 or IPv6 address, not a name
  std::uint16_t port = 0;                 // 0: any free one; Server::endpoints() tells which
  std::string unix_path;                  // when set, address and port don't count; made with mode 0600
  std::size_t body_bytes_max = mebibyte;  // a longer request body is refused with 413
  std::shared_ptr<const ServedCertificate> certificate;  // TLS only, when there is one; else plain HTTP only
};

// Everything a client could make large, many or slow.
struct Limits {
  std::size_t header_bytes_max = 16 * kibibyte;  // request line and fields together; beyond it 431
  std::size_t target_bytes_max = 8 * kibibyte;   // beyond it 414
  std::size_t headers_max = 100;                 // fields of one request; beyond it 431
  std::size_t connections_max = 10'000;          // beyond it 503 and a closed connection
  std::size_t refused_connections_max = 64;      // being told so at a time; beyond it just closed

  // From a request's first byte to the end of its head; for a TLS handshake, too.
  std::chrono::milliseconds header_timeout{10'000};
  std::chrono::milliseconds body_timeout{30'000};   // from there to the end of its body
  std::chrono::milliseconds idle_timeout{75'000};   // between two requests
  std::chrono::milliseconds write_timeout{30'000};  // without the client taking a single byte
  std::chrono::milliseconds drain_timeout{30'000};  // of a graceful stop, for what is in flight

  // After a refusal what the client still sends is read and dropped, so that it gets to read the answer.
  std::chrono::milliseconds linger_timeout{3'000};
  std::size_t linger_bytes_max = 8 * mebibyte;

  std::size_t output_bytes_max = 64 * kibibyte;       // of answers gathered before they are sent
  std::size_t stream_block_bytes = 16 * kibibyte;     // of a streamed body gathered before it is sent
  std::size_t idle_buffer_bytes_max = 64 * kibibyte;  // a larger buffer is given back after the request
  std::size_t gzip_bytes_min = kibibyte;              // smaller bodies go out as they are
};

struct ServerOptions {
  std::vector<Listener> listeners;
  std::size_t threads = 0;  // 0: one for each hardware thread
  Limits limits;
};

}  // namespace nexus::http
