#include "http/server/connection.hpp"

#include <cerrno>

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/buffer.hpp>
#include <boost/asio/error.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <sys/socket.h>

#include "http/server/worker.hpp"

namespace nexus::http {
namespace {

namespace asio = boost::asio;
using Need = TlsStream::Need;

constexpr auto as_values = asio::as_tuple(asio::use_awaitable);

}  // namespace

Connection::Connection(asio::io_context& context, Accepted& accepted)
    : socket_(context),
      tls_(accepted.certificate ? std::make_unique<TlsStream>(*accepted.certificate, accepted.socket.get())
                                : nullptr) {
  socket_.assign(asio::generic::stream_protocol(accepted.family, 0), accepted.socket.get());
  accepted.socket.release();
}

asio::awaitable<Connection::Waited> Connection::wait_for(Need need) {
  return socket_.async_wait(
      need == Need::write ? asio::socket_base::wait_write : asio::socket_base::wait_read, as_values);
}

asio::awaitable<Connection::Handshake> Connection::shake_hands() {
  for (;;) {
    const Need need = tls_->shake_hands();
    if (need == Need::nothing) co_return Handshake::done;
    if (need == Need::end) {
      if (!tls_->met_plain_http()) co_return Handshake::failed;
      tls_.reset();
      co_return Handshake::plain_http;
    }
    const auto [error] = co_await wait_for(need);
    if (error) co_return Handshake::failed;
  }
}

asio::awaitable<Connection::Received> Connection::receive(std::span<char> space) {
  if (tls_) return receive_deciphered(space);
  return receive_undeciphered(space);
}

asio::awaitable<Connection::Received> Connection::receive_undeciphered(std::span<char> space) {
  return socket_.async_receive(asio::buffer(space.data(), space.size()), as_values);
}

// Waits before it reads, unless there is no telling from the socket: most often nothing is there yet, and a
// client that always has more to send must not keep the others of this thread waiting.
asio::awaitable<Connection::Received> Connection::receive_deciphered(std::span<char> space) {
  Need need = tls_->has_received() ? Need::nothing : Need::read;
  for (;;) {
    if (need != Need::nothing) {
      const auto [error] = co_await wait_for(need);
      if (error) co_return Received{error, 0};
    }
    const auto moved = tls_->read(space);
    if (moved.bytes > 0) co_return Received{boost::system::error_code(), moved.bytes};
    if (moved.need == Need::end) co_return Received{asio::error::eof, 0};
    need = moved.need;
  }
}

std::size_t Connection::receive_now(std::span<char> space) {
  if (tls_) return tls_->read(space).bytes;
  const ssize_t bytes = ::recv(socket_.native_handle(), space.data(), space.size(), MSG_DONTWAIT);
  return bytes > 0 ? static_cast<std::size_t>(bytes) : 0;
}

Connection::Sent Connection::send(std::string_view bytes, std::size_t& sent) {
  while (!bytes.empty()) {
    std::size_t taken = 0;
    if (tls_) {
      const auto moved = tls_->write(bytes);
      if (moved.need != Need::nothing) return blocked_by(moved.need);
      taken = moved.bytes;
    } else {
      const ssize_t result =
          ::send(socket_.native_handle(), bytes.data(), bytes.size(), MSG_DONTWAIT | MSG_NOSIGNAL);
      if (result < 0 && errno == EINTR) continue;
      if (result < 0) return errno == EAGAIN || errno == EWOULDBLOCK ? Sent::blocked : Sent::failed;
      taken = static_cast<std::size_t>(result);
    }
    sent += taken;
    bytes.remove_prefix(taken);
  }
  return Sent::all;
}

Connection::Sent Connection::end() {
  if (!tls_) return Sent::all;
  const Need need = tls_->end();
  return need == Need::nothing ? Sent::all : blocked_by(need);
}

Connection::Sent Connection::blocked_by(Need need) {
  if (need == Need::end) return Sent::failed;
  blocked_by_ = need;
  return Sent::blocked;
}

asio::awaitable<Connection::Waited> Connection::wait_after_blocked() {
  return wait_for(blocked_by_);
}

void Connection::end_sending() {
  boost::system::error_code ignored;
  std::ignore = socket_.shutdown(asio::socket_base::shutdown_send, ignored);
}

void Connection::cancel() {
  boost::system::error_code ignored;
  std::ignore = socket_.cancel(ignored);
}

void Connection::close() {
  boost::system::error_code ignored;
  std::ignore = socket_.close(ignored);
  if (tls_) tls_->forget_socket();
}

void Connection::reset_on_close() {
  boost::system::error_code ignored;
  std::ignore = socket_.set_option(asio::socket_base::linger(true, 0), ignored);
}

}  // namespace nexus::http
