#pragma once

#include <cstddef>
#include <memory>
#include <span>
#include <string_view>

#include <openssl/types.h>

#include "http/server/socket_events.hpp"
#include "http/server/tls_certificate.hpp"

namespace nexus::http {

// The server's side of TLS over a socket that does not block and is somebody else's. Nothing here waits: what
// cannot go on says what it needs the socket for. One thread at a time.
class TlsStream {
 public:
  enum class Need {
    nothing,  // it is done
    read,     // the socket must be readable before it is tried again
    write,    // writable
    end,      // there will be nothing more: the other side has ended it, or broken it
  };
  struct Moved {
    Need need;
    std::size_t bytes = 0;  // not 0 only when nothing is needed
  };

  // The socket must outlive it. Throws std::bad_alloc.
  TlsStream(const TlsCertificate& certificate, WatchedSocket& socket);
  ~TlsStream();
  TlsStream(const TlsStream&) = delete;
  TlsStream& operator=(const TlsStream&) = delete;

  Need shake_hands();
  bool met_plain_http() const { return met_plain_http_; }  // why the handshake came to its end

  // After the handshake.
  Moved read(std::span<char> space);
  bool has_received() const;  // what the socket would not tell of: it is here already
  // Takes a part or all of it. What needed something must be tried again with the same bytes.
  Moved write(std::string_view bytes);
  // Tells the other side that nothing more comes, and that it was not cut.
  Need end();

 private:
  struct Socket {
    WatchedSocket& watched;
    int receives_left = 0;  // before the others of this thread have their turn
  };
  // What OpenSSL reads from and writes to.
  struct SocketBio;

  void begin();
  Need need_after(int result);

  Socket socket_;
  std::unique_ptr<SSL, void (*)(SSL*)> ssl_;
  bool is_broken_ = false;
  bool met_plain_http_ = false;
};

}  // namespace nexus::http
