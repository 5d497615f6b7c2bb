#pragma once

#include <cstddef>
#include <memory>
#include <span>
#include <string_view>
#include <utility>

#include <boost/asio/awaitable.hpp>

#include "http/server/socket_events.hpp"
#include "http/server/tls_stream.hpp"

namespace nexus::http {

struct Accepted;

// The bytes of one connection, over TCP or a Unix socket, plain or by TLS. On the thread of its events.
class Connection {
 public:
  enum class Moved { all, blocked, failed };
  enum class Handshake { done, plain_http, failed };
  using Waited = WatchedSocket::Waited;

  // Takes the socket. Throws std::bad_alloc, std::system_error.
  Connection(SocketEvents& events, Accepted& accepted);

  bool begins_with_handshake() const { return tls_ != nullptr; }
  // After plain_http the connection is a plain one.
  boost::asio::awaitable<Handshake> shake_hands();

  // What has come, at least a byte of it unless it was blocked or has failed; the other side's end is a
  // failure. Blocked also when it is others' turn: a client that always has more to send must not keep them
  // waiting.
  Moved receive(std::span<char> space, std::size_t& received);
  // As it is on the wire: for what comes after end_sending(), which nobody is to understand.
  Moved receive_undeciphered(std::span<char> space, std::size_t& received);
  // What is here by now; 0 when there is nothing.
  std::size_t receive_now(std::span<char> space);

  // Sends as much as goes at once; `sent` counts it. What was blocked must be tried again with the same
  // bytes.
  Moved send(std::string_view bytes, std::size_t& sent);
  // What lies in two places, in one call, where there is nothing to encipher; `sent` counts over both.
  bool sends_pieces() const { return tls_ == nullptr; }
  Moved send_pieces(std::string_view first, std::string_view second, std::size_t& sent);
  // Tells the client that it got everything; nothing can be sent after it. As send(), it may be blocked.
  Moved end();
  boost::asio::awaitable<Waited> wait_after_blocked();
  void end_sending() { socket_.end_sending(); }

  void cancel() { socket_.cancel(); }
  void close() { socket_.close(); }
  void abandon() { socket_.abandon(); }
  void reset_on_close() { socket_.reset_on_close(); }  // so that the client can tell that it was cut

 private:
  Moved blocked_by(TlsStream::Need need);
  bool take_turn() { return !std::exchange(had_turn_, true); }

  WatchedSocket socket_;
  std::unique_ptr<TlsStream> tls_;  // null: plain
  WatchedSocket::For blocked_by_ = WatchedSocket::For::writing;
  bool had_turn_ = true;  // since it last waited; at first nothing is there yet
};

}  // namespace nexus::http
