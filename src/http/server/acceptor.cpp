#include "http/server/acceptor.hpp"

#include <algorithm>
#include <cerrno>
#include <chrono>
#include <cstring>
#include <new>
#include <stdexcept>
#include <system_error>
#include <tuple>
#include <utility>

#include <boost/asio/ip/tcp.hpp>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>

namespace nexus::http {
namespace {

namespace asio = boost::asio;

constexpr int accepts_per_turn_max =
    64;  // so that a flood of connections doesn't starve those that are there
constexpr std::chrono::milliseconds accept_pause{100};

[[noreturn]] void fail(int error, const std::string& what) {
  throw std::system_error(error, std::generic_category(), what);
}

std::string to_text(const asio::ip::tcp::endpoint& endpoint) {
  const std::string address = endpoint.address().to_string();
  return (endpoint.address().is_v6() ? "[" + address + "]" : address) + ":" + std::to_string(endpoint.port());
}

ListeningSocket listen_on_tcp(const Listener& listener) {
  boost::system::error_code error;
  const auto address = asio::ip::make_address(listener.address, error);
  if (error) throw std::invalid_argument("cannot listen on '" + listener.address + "': not an IP address");
  asio::ip::tcp::endpoint endpoint(address, listener.port);
  const std::string what = "cannot listen on " + to_text(endpoint);

  ListeningSocket result;
  result.family = endpoint.protocol().family();
  result.socket = UniqueFd(::socket(result.family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0));
  const int fd = result.socket.get();
  if (fd < 0) fail(errno, what);
  const int on = 1;
  ::setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
  if (::bind(fd, endpoint.data(), static_cast<socklen_t>(endpoint.size())) != 0) fail(errno, what);
  if (::listen(fd, SOMAXCONN) != 0) fail(errno, what);
  auto size = static_cast<socklen_t>(endpoint.capacity());
  if (::getsockname(fd, endpoint.data(), &size) != 0) fail(errno, what);
  result.endpoint = to_text(endpoint);
  return result;
}

bool is_abandoned_socket(const sockaddr_un& address) {
  struct stat status {};
  if (::lstat(address.sun_path, &status) != 0 || !S_ISSOCK(status.st_mode)) return false;
  const UniqueFd probe(::socket(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0));
  return ::connect(probe.get(), reinterpret_cast<const sockaddr*>(&address), sizeof address) != 0 &&
         errno == ECONNREFUSED;
}

ListeningSocket listen_on_unix(const std::string& path) {
  const std::string what = "cannot listen on unix:" + path;
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  if (path.size() >= sizeof address.sun_path) fail(ENAMETOOLONG, what);
  std::memcpy(address.sun_path, path.data(), path.size());
  if (is_abandoned_socket(address)) ::unlink(path.c_str());

  ListeningSocket result;
  result.family = AF_UNIX;
  result.endpoint = "unix:" + path;
  result.socket = UniqueFd(::socket(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0));
  const int fd = result.socket.get();
  if (fd < 0) fail(errno, what);
  // Before bind, so that there is no moment at which others could connect.
  if (::fchmod(fd, S_IRUSR | S_IWUSR) != 0) fail(errno, what);
  if (::bind(fd, reinterpret_cast<const sockaddr*>(&address), sizeof address) != 0) fail(errno, what);
  result.unix_path = path;
  if (::chmod(path.c_str(), S_IRUSR | S_IWUSR) != 0 || ::listen(fd, SOMAXCONN) != 0) {
    const int error = errno;
    ::unlink(path.c_str());
    fail(error, what);
  }
  return result;
}

std::string remote_address_of(const sockaddr_storage& peer, int family) {
  asio::ip::tcp::endpoint endpoint;
  if (family == AF_UNIX) return "unix";
  std::memcpy(endpoint.data(), &peer, endpoint.capacity());
  const asio::ip::address address = endpoint.address();
  if (address.is_v6() && address.to_v6().is_v4_mapped()) {
    return asio::ip::make_address_v4(asio::ip::v4_mapped, address.to_v6()).to_string();
  }
  return address.to_string();
}

}  // namespace

ListeningSocket listen_on(const Listener& listener) {
  return listener.unix_path.empty() ? listen_on_tcp(listener) : listen_on_unix(listener.unix_path);
}

Acceptor::Acceptor(ListeningSocket socket, std::size_t listener, const ServerOptions& options,
                   Handler& handler, const std::vector<std::unique_ptr<Worker>>& workers)
    : listener_(listener),
      options_(options),
      handler_(handler),
      workers_(workers),
      unix_path_(std::move(socket.unix_path)),
      family_(socket.family),
      acceptor_(workers.front()->context(), asio::generic::stream_protocol(family_, 0), socket.socket.get()),
      pause_(workers.front()->context()) {
  socket.socket.release();
}

Acceptor::~Acceptor() {
  stop();
}

void Acceptor::start() {
  wait();
}

void Acceptor::stop() {
  if (!acceptor_.is_open()) return;
  boost::system::error_code ignored;
  std::ignore = acceptor_.close(ignored);
  pause_.cancel();
  if (!unix_path_.empty()) ::unlink(unix_path_.c_str());
}

void Acceptor::wait() {
  acceptor_.async_wait(asio::socket_base::wait_read,
                       [self = weak_from_this()](boost::system::error_code error) {
                         const auto acceptor = self.lock();
                         if (acceptor && !error) acceptor->accept_ready();
                       });
}

void Acceptor::accept_ready() {
  for (int i = 0; i < accepts_per_turn_max; ++i) {
    int error = 0;
    try {
      if (accept_one()) {
        paused_ = false;
        continue;
      }
      error = errno;
    } catch (const std::bad_alloc&) {
      error = ENOMEM;
    }
    if (error == EINTR || error == ECONNABORTED) continue;
    if (error != EAGAIN && error != EWOULDBLOCK) return back_off(error);
    break;
  }
  wait();
}

bool Acceptor::accept_one() {
  sockaddr_storage peer{};
  socklen_t size = sizeof peer;
  Accepted accepted;
  accepted.socket = UniqueFd(::accept4(acceptor_.native_handle(), reinterpret_cast<sockaddr*>(&peer), &size,
                                       SOCK_NONBLOCK | SOCK_CLOEXEC));
  if (accepted.socket.get() < 0) return false;
  const int on = 1;
  if (family_ != AF_UNIX) ::setsockopt(accepted.socket.get(), IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);

  const Limits& limits = options_.limits;
  std::size_t connections = 0;
  Worker* least = workers_.front().get();
  for (const auto& worker : workers_) {
    connections += worker->connections();
    if (worker->connections() < least->connections()) least = worker.get();
  }
  if (connections >= limits.connections_max + limits.refused_connections_max) return true;
  accepted.over_limit = connections >= limits.connections_max;
  accepted.listener = listener_;
  accepted.remote_address = remote_address_of(peer, family_);
  if (const auto& certificate = options_.listeners[listener_].certificate) {
    accepted.certificate = certificate->get();
  }
  least->adopt(std::move(accepted));
  return true;
}

// Out of descriptors or memory: the connection stays in the queue, so that the next wait would return at
// once.
void Acceptor::back_off(int error) {
  if (!std::exchange(paused_, true)) {
    handler_.trouble("cannot accept: " + std::generic_category().message(error), {});
  }
  pause_.expires_after(accept_pause);
  pause_.async_wait([self = weak_from_this()](boost::system::error_code failed) {
    const auto acceptor = self.lock();
    if (acceptor && !failed) acceptor->wait();
  });
}

}  // namespace nexus::http
