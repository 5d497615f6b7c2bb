#include "http/server/connection.hpp"

#include <algorithm>
#include <utility>

#include "http/server/worker.hpp"

namespace nexus::http {
namespace {

namespace asio = boost::asio;
using Need = TlsStream::Need;

}  // namespace

Connection::Connection(SocketEvents& events, Accepted& accepted)
    : socket_(events, std::move(accepted.socket)),
      tls_(accepted.certificate ? std::make_unique<TlsStream>(*accepted.certificate, socket_) : nullptr) {}

asio::awaitable<Connection::Handshake> Connection::shake_hands() {
  for (;;) {
    const Need need = tls_->shake_hands();
    if (need == Need::nothing) co_return Handshake::done;
    if (need == Need::end) {
      if (!tls_->met_plain_http()) co_return Handshake::failed;
      tls_.reset();
      co_return Handshake::plain_http;
    }
    blocked_by(need);
    const Waited waited = co_await wait_after_blocked();
    if (waited == Waited::cancelled) co_return Handshake::failed;
  }
}

Connection::Moved Connection::receive(std::span<char> space, std::size_t& received) {
  if (!tls_) return receive_undeciphered(space, received);
  if (!tls_->has_received() && !take_turn()) return blocked_by(Need::read);
  const auto moved = tls_->read(space);
  received = moved.bytes;
  return moved.need == Need::nothing ? Moved::all : blocked_by(moved.need);
}

Connection::Moved Connection::receive_undeciphered(std::span<char> space, std::size_t& received) {
  if (!take_turn()) return blocked_by(Need::read);
  const ssize_t bytes = socket_.receive(space);
  if (bytes < 0 && would_block()) return blocked_by(Need::read);
  if (bytes <= 0) return Moved::failed;
  received = static_cast<std::size_t>(bytes);
  return Moved::all;
}

std::size_t Connection::receive_now(std::span<char> space) {
  if (tls_) return tls_->read(space).bytes;
  const ssize_t bytes = socket_.receive(space);
  return bytes > 0 ? static_cast<std::size_t>(bytes) : 0;
}

Connection::Moved Connection::send(std::string_view bytes, std::size_t& sent) {
  if (!tls_) return send_pieces(bytes, {}, sent);
  while (!bytes.empty()) {
    const auto moved = tls_->write(bytes);
    if (moved.need != Need::nothing) return blocked_by(moved.need);
    sent += moved.bytes;
    bytes.remove_prefix(moved.bytes);
  }
  return Moved::all;
}

Connection::Moved Connection::send_pieces(std::string_view first, std::string_view second,
                                          std::size_t& sent) {
  while (!first.empty() || !second.empty()) {
    const ssize_t taken = socket_.send(first, second);
    if (taken < 0) return would_block() ? blocked_by(Need::write) : Moved::failed;
    sent += static_cast<std::size_t>(taken);
    const std::size_t of_first = std::min(first.size(), static_cast<std::size_t>(taken));
    first.remove_prefix(of_first);
    second.remove_prefix(static_cast<std::size_t>(taken) - of_first);
  }
  return Moved::all;
}

Connection::Moved Connection::end() {
  if (!tls_) return Moved::all;
  const Need need = tls_->end();
  return need == Need::nothing ? Moved::all : blocked_by(need);
}

asio::awaitable<Connection::Waited> Connection::wait_after_blocked() {
  had_turn_ = false;
  return socket_.wait(blocked_by_);
}

Connection::Moved Connection::blocked_by(Need need) {
  if (need == Need::end) return Moved::failed;
  blocked_by_ = need == Need::write ? WatchedSocket::For::writing : WatchedSocket::For::reading;
  return Moved::blocked;
}

}  // namespace nexus::http
