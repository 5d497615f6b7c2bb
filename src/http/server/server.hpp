#pragma once

#include <cstddef>
#include <memory>
#include <string>
#include <vector>

#include "http/server/handler.hpp"
#include "http/server/options.hpp"

namespace nexus::http {

// An HTTP/1.1 server: one event loop a thread, connections spread over them. `handler` must outlive it.
// start(), wait() and the destructor belong to one thread; the rest may be called from any.
class Server {
 public:
  Server(ServerOptions options, Handler& handler);
  ~Server();  // stops at once: what is in flight is cut

  Server(const Server&) = delete;
  Server& operator=(const Server&) = delete;

  // Binds all listeners and starts the threads. Throws std::system_error or std::invalid_argument, naming the
  // listener; nothing listens then. To be called once.
  void start();

  // As bound, in the order of the listeners: "127.0.0.1:8080", "[::1]:8080", "unix:/path".
  const std::vector<std::string>& endpoints() const;

  // To be called after start(). Begins a graceful stop and returns at once: accepts nothing more, closes what
  // is idle, lets requests that have begun to arrive finish, with `Connection: close`, and cuts what is left
  // after the drain timeout.
  void request_stop();

  // Returns when the stop is complete: the number of requests that had to be given up because their handlers
  // had not returned in time. Such handlers must not resume after the server is destroyed.
  std::size_t wait();

  // Open ones, those being refused included.
  std::size_t connections() const;

 private:
  class Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace nexus::http
