#pragma once

#include <cstddef>
#include <memory>
#include <span>
#include <string_view>
#include <tuple>

#include <boost/asio/awaitable.hpp>
#include <boost/asio/generic/stream_protocol.hpp>

#include "http/server/tls_stream.hpp"

namespace nexus::http {

struct Accepted;

// The bytes of one connection, over TCP or a Unix socket, plain or by TLS. All waiting ends with
// operation_aborted when it is cancelled or closed. On the thread of its context.
class Connection {
 public:
  enum class Sent { all, blocked, failed };
  enum class Handshake { done, plain_http, failed };
  using Received = std::tuple<boost::system::error_code, std::size_t>;
  using Waited = std::tuple<boost::system::error_code>;

  // Throws std::bad_alloc.
  Connection(boost::asio::io_context& context, Accepted& accepted);

  bool begins_with_handshake() const { return tls_ != nullptr; }
  // After plain_http the connection is a plain one.
  boost::asio::awaitable<Handshake> shake_hands();

  boost::asio::awaitable<Received> receive(std::span<char> space);
  // What is here by now; 0 when there is nothing.
  std::size_t receive_now(std::span<char> space);
  // What comes after end_sending(), as it is on the wire: nobody is to understand it.
  boost::asio::awaitable<Received> receive_undeciphered(std::span<char> space);

  // Sends as much as goes at once; `sent` counts it. What was blocked must be tried again with the same
  // bytes.
  Sent send(std::string_view bytes, std::size_t& sent);
  // Tells the client that it got everything; nothing can be sent after it. As send(), it may be blocked.
  Sent end();
  boost::asio::awaitable<Waited> wait_after_blocked();
  void end_sending();

  void cancel();
  void close();
  void reset_on_close();  // so that the client can tell that it was cut

 private:
  boost::asio::awaitable<Received> receive_deciphered(std::span<char> space);
  boost::asio::awaitable<Waited> wait_for(TlsStream::Need need);
  Sent blocked_by(TlsStream::Need need);

  boost::asio::generic::stream_protocol::socket socket_;
  std::unique_ptr<TlsStream> tls_;  // null: plain
  TlsStream::Need blocked_by_ = TlsStream::Need::write;
};

}  // namespace nexus::http
