#include "http/server/socket_events.hpp"

#include <cerrno>
#include <system_error>
#include <utility>

#include <boost/asio/post.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <sys/socket.h>

namespace nexus::http {
namespace {

namespace asio = boost::asio;

int make_set() {
  const int set = ::epoll_create1(EPOLL_CLOEXEC);
  if (set < 0) throw std::system_error(errno, std::generic_category(), "epoll_create1");
  return set;
}

}  // namespace

bool would_block() {
  return errno == EAGAIN || errno == EWOULDBLOCK;
}

SocketEvents::SocketEvents(asio::io_context& context) : context_(context), set_(context, make_set()) {
  await_some();
}

void SocketEvents::await_some() {
  set_.async_wait(asio::posix::stream_descriptor::wait_read, [this](boost::system::error_code error) {
    if (!error) take();
  });
}

void SocketEvents::take() {
  const int count = ::epoll_wait(set_.native_handle(), told_.data(), static_cast<int>(told_.size()), 0);
  count_ = count > 0 ? static_cast<std::size_t>(count) : 0;
  next_ = 0;
  await_some();
  tell();
}

// A socket goes in its own turn or in one that was posted, never in another's, so that all that were told of
// are there.
void SocketEvents::tell() {
  // What one throws must not cost the others their events, which come only once.
  struct Rest {
    SocketEvents& events;
    ~Rest() {
      if (events.next_ < events.count_) asio::post(events.context_, [&of = events] { of.tell(); });
    }
  } const rest{*this};
  while (next_ < count_) {
    const epoll_event& event = told_[next_++];
    static_cast<WatchedSocket*>(event.data.ptr)->told(event.events);
  }
}

WatchedSocket::WatchedSocket(SocketEvents& events, UniqueFd socket)
    : events_(events), socket_(std::move(socket)) {
  epoll_event event{};
  event.events = EPOLLIN | EPOLLOUT | EPOLLRDHUP | EPOLLET;
  event.data.ptr = this;
  if (::epoll_ctl(events_.set_.native_handle(), EPOLL_CTL_ADD, socket_.get(), &event) != 0) {
    throw std::system_error(errno, std::generic_category(), "epoll_ctl");
  }
}

ssize_t WatchedSocket::receive(std::span<char> space) {
  ssize_t bytes = 0;
  do {
    bytes = ::recv(socket_.get(), space.data(), space.size(), MSG_DONTWAIT);
  } while (bytes < 0 && errno == EINTR);
  if (bytes < 0 && would_block()) readable_ = false;
  // Less than there was space for is all that there was; what comes later is told, but the end may have been.
  if (bytes >= 0 && static_cast<std::size_t>(bytes) < space.size()) readable_ = ended_;
  return bytes;
}

ssize_t WatchedSocket::send(std::string_view bytes, std::string_view more) {
  constexpr int flags = MSG_DONTWAIT | MSG_NOSIGNAL;
  // Which sendmsg() only reads.
  std::array<iovec, 2> pieces = {iovec{const_cast<char*>(bytes.data()), bytes.size()},
                                 iovec{const_cast<char*>(more.data()), more.size()}};
  msghdr message{};
  message.msg_iov = pieces.data();
  message.msg_iovlen = pieces.size();
  ssize_t sent = 0;
  do {
    sent = more.empty() ? ::send(socket_.get(), bytes.data(), bytes.size(), flags)
                        : ::sendmsg(socket_.get(), &message, flags);
  } while (sent < 0 && errno == EINTR);
  if (sent < 0 && would_block()) writable_ = false;
  return sent;
}

asio::awaitable<WatchedSocket::Waited> WatchedSocket::wait(For what) {
  return asio::async_initiate<const asio::use_awaitable_t<>, void(Waited)>(
      [this, what](auto handler) {
        wait_for(what, [handler = std::move(handler)](Waited waited) mutable { std::move(handler)(waited); });
      },
      asio::use_awaitable);
}

void WatchedSocket::wait_for(For what, Waiter waiter) {
  if (socket_.get() >= 0 && !may_be_ready(what)) {
    awaited_ = what;
    waiter_ = std::move(waiter);
    return;
  }
  const Waited at_once = socket_.get() < 0 ? Waited::cancelled : Waited::ready;
  asio::post(events_.context_, [waiter = std::move(waiter), at_once]() mutable { waiter(at_once); });
}

void WatchedSocket::told(std::uint32_t events) {
  ended_ = ended_ || (events & (EPOLLRDHUP | EPOLLHUP | EPOLLERR)) != 0;
  readable_ = readable_ || ended_ || (events & EPOLLIN) != 0;
  writable_ = writable_ || (events & (EPOLLOUT | EPOLLHUP | EPOLLERR)) != 0;
  if (waiter_ && may_be_ready(awaited_)) std::exchange(waiter_, nullptr)(Waited::ready);
}

void WatchedSocket::end_sending() {
  ::shutdown(socket_.get(), SHUT_WR);
}

void WatchedSocket::reset_on_close() {
  const linger at_once{.l_onoff = 1, .l_linger = 0};
  ::setsockopt(socket_.get(), SOL_SOCKET, SO_LINGER, &at_once, sizeof at_once);
}

// Posted, as who cancels may be looking through all sessions.
void WatchedSocket::cancel() {
  if (!waiter_) return;
  asio::post(events_.context_,
             [waiter = std::exchange(waiter_, nullptr)]() mutable { waiter(Waited::cancelled); });
}

void WatchedSocket::close() {
  cancel();
  socket_ = UniqueFd();
}

}  // namespace nexus::http
