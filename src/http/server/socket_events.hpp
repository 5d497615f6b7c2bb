#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <span>
#include <string_view>

#include <boost/asio/awaitable.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/posix/stream_descriptor.hpp>
#include <sys/epoll.h>
#include <sys/types.h>

#include "http/server/unique_fd.hpp"

namespace nexus::http {

// The sockets of one event loop, in an epoll set of their own. Asio's sockets look for more behind everything
// that they received, and make an operation of each wait, which costs a PUT a twentieth of its time
// (docs/adr/0009-epoll-set-for-sessions.md has the figures). Here a socket is told of what has come, once for
// each time that something came, and remembers it.
//
// On the thread of its context, which must outlive it. When it goes, no socket may be waiting any more.
class SocketEvents {
 public:
  // Throws std::system_error when there is no descriptor left.
  explicit SocketEvents(boost::asio::io_context& context);

  // Tells nothing any more, so that the context may run out of work.
  void stop() { set_.cancel(); }

 private:
  friend class WatchedSocket;

  void await_some();
  void take();
  void tell();

  boost::asio::io_context& context_;
  boost::asio::posix::stream_descriptor set_;
  std::array<epoll_event, 64> told_{};
  std::size_t count_ = 0;  // of told_
  std::size_t next_ = 0;
};

// Of a call on a socket that has just failed, as errno says: there was nothing to receive, or no room to
// send.
bool would_block();

// A socket that does not block. One coroutine at a time waits for it.
class WatchedSocket {
 public:
  enum class For : std::uint8_t { reading, writing };
  enum class Waited : std::uint8_t { ready, cancelled };

  // Throws std::system_error when the system has no room to watch it.
  WatchedSocket(SocketEvents& events, UniqueFd socket);
  WatchedSocket(const WatchedSocket&) = delete;
  WatchedSocket& operator=(const WatchedSocket&) = delete;

  // As recv() and send(): bytes, or -1 and errno; 0 received is the end of what comes. `more` goes behind
  // `bytes`.
  ssize_t receive(std::span<char> space);
  ssize_t send(std::string_view bytes, std::string_view more = {});

  // Until the socket may be ready for it; cancelled also when it is closed. What is ready already waits for
  // its turn, so that a client that always has more to send does not keep the others of this thread waiting.
  boost::asio::awaitable<Waited> wait(For what);

  void end_sending();
  void reset_on_close();
  void cancel();
  void close();
  // Ends the coroutine that waits without resuming it: the context has stopped for good.
  void abandon() { waiter_ = nullptr; }

 private:
  friend class SocketEvents;
  using Waiter = std::move_only_function<void(Waited)>;

  void wait_for(For what, Waiter waiter);
  void told(std::uint32_t events);
  bool may_be_ready(For what) const { return what == For::reading ? readable_ : writable_; }

  SocketEvents& events_;
  UniqueFd socket_;
  Waiter waiter_;
  For awaited_ = For::reading;
  bool readable_ = false;
  bool writable_ = true;
  bool ended_ = false;  // by the other side, or broken: nothing will come that could be told
};

}  // namespace nexus::http
