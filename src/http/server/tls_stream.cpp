#include "http/server/tls_stream.hpp"

#include <new>

#include <openssl/bio.h>
#include <openssl/err.h>
#include <openssl/ssl.h>

namespace nexus::http {
namespace {

// In one call. A client could send messages that are TLS's own, and have no bytes for the reader, without
// end.
constexpr int receives_max = 4;

}  // namespace

// OpenSSL's own writes in a way that ends the process by SIGPIPE when the client is gone.
struct TlsStream::SocketBio {
  static const BIO_METHOD* method();

  static Socket& socket_of(BIO* bio) { return *static_cast<Socket*>(BIO_get_data(bio)); }

  static int receive(BIO* bio, char* space, int size) {
    Socket& socket = socket_of(bio);
    BIO_clear_retry_flags(bio);
    const bool waits_for_turn = --socket.receives_left < 0;
    const ssize_t bytes =
        waits_for_turn ? -1 : socket.watched.receive({space, static_cast<std::size_t>(size)});
    if (bytes < 0 && (waits_for_turn || would_block())) BIO_set_retry_read(bio);
    return static_cast<int>(bytes);
  }

  static int send(BIO* bio, const char* bytes, int size) {
    BIO_clear_retry_flags(bio);
    const ssize_t sent = socket_of(bio).watched.send(std::string_view(bytes, static_cast<std::size_t>(size)));
    if (sent < 0 && would_block()) BIO_set_retry_write(bio);
    return static_cast<int>(sent);
  }

  static long control(BIO*, int command, long, void*) { return command == BIO_CTRL_FLUSH ? 1 : 0; }
};

const BIO_METHOD* TlsStream::SocketBio::method() {
  static const std::unique_ptr<BIO_METHOD, void (*)(BIO_METHOD*)> made(
      [] {
        BIO_METHOD* method = BIO_meth_new(BIO_get_new_index() | BIO_TYPE_SOURCE_SINK, "socket");
        if (method == nullptr) throw std::bad_alloc();
        BIO_meth_set_read(method, receive);
        BIO_meth_set_write(method, send);
        BIO_meth_set_ctrl(method, control);
        return method;
      }(),
      BIO_meth_free);
  return made.get();
}

TlsStream::TlsStream(const TlsCertificate& certificate, WatchedSocket& socket)
    : socket_{socket}, ssl_(SSL_new(certificate.context()), SSL_free) {
  BIO* bio = BIO_new(SocketBio::method());
  if (!ssl_ || bio == nullptr) {
    BIO_free(bio);
    throw std::bad_alloc();
  }
  BIO_set_data(bio, &socket_);
  BIO_set_init(bio, 1);
  SSL_set_bio(ssl_.get(), bio, bio);
  SSL_set_accept_state(ssl_.get());
}

TlsStream::~TlsStream() = default;

TlsStream::Need TlsStream::shake_hands() {
  begin();
  const int result = SSL_do_handshake(ssl_.get());
  return result == 1 ? Need::nothing : need_after(result);
}

TlsStream::Moved TlsStream::read(std::span<char> space) {
  begin();
  std::size_t bytes = 0;
  const int result = SSL_read_ex(ssl_.get(), space.data(), space.size(), &bytes);
  return result == 1 ? Moved{Need::nothing, bytes} : Moved{need_after(result)};
}

bool TlsStream::has_received() const {
  return SSL_has_pending(ssl_.get()) == 1;
}

TlsStream::Moved TlsStream::write(std::string_view bytes) {
  begin();
  std::size_t taken = 0;
  const int result = SSL_write_ex(ssl_.get(), bytes.data(), bytes.size(), &taken);
  return result == 1 ? Moved{Need::nothing, taken} : Moved{need_after(result)};
}

TlsStream::Need TlsStream::end() {
  if (is_broken_ || SSL_is_init_finished(ssl_.get()) != 1) return Need::end;
  begin();
  // 0: it is told, and the other side has not said the same yet, which nobody waits for.
  const int result = SSL_shutdown(ssl_.get());
  return result >= 0 ? Need::nothing : need_after(result);
}

// Before each call: OpenSSL keeps errors in a list of the thread's, whichever connection they came from.
void TlsStream::begin() {
  ERR_clear_error();
  socket_.receives_left = receives_max;
}

TlsStream::Need TlsStream::need_after(int result) {
  switch (SSL_get_error(ssl_.get(), result)) {
    case SSL_ERROR_WANT_READ:
      return Need::read;
    case SSL_ERROR_WANT_WRITE:
      return Need::write;
    case SSL_ERROR_ZERO_RETURN:
      return Need::end;
    default:
      is_broken_ = true;
      met_plain_http_ = ERR_GET_REASON(ERR_peek_error()) == SSL_R_HTTP_REQUEST;
      ERR_clear_error();
      return Need::end;
  }
}

}  // namespace nexus::http
