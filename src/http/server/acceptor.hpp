#pragma once

#include <memory>
#include <string>
#include <vector>

#include <boost/asio/basic_socket_acceptor.hpp>
#include <boost/asio/generic/stream_protocol.hpp>
#include <boost/asio/steady_timer.hpp>

#include "http/server/handler.hpp"
#include "http/server/options.hpp"
#include "http/server/unique_fd.hpp"
#include "http/server/worker.hpp"

namespace nexus::http {

struct ListeningSocket {
  UniqueFd socket;
  int family = 0;
  std::string endpoint;   // as bound
  std::string unix_path;  // to be removed when listening ends
};

// Throws std::system_error or std::invalid_argument, naming the listener. A socket file that nobody listens
// on any more is replaced; one in use, or another file, is left alone.
ListeningSocket listen_on(const Listener& listener);

// Accepts the connections of one listener, on the first worker's thread, and gives each to the worker that
// has fewest.
class Acceptor : public std::enable_shared_from_this<Acceptor> {
 public:
  Acceptor(ListeningSocket socket, std::size_t listener, const ServerOptions& options, Handler& handler,
           const std::vector<std::unique_ptr<Worker>>& workers);
  ~Acceptor();

  void start();  // before the workers' threads are started
  void stop();   // on the first worker's thread

 private:
  void wait();
  void accept_ready();
  bool accept_one();
  void back_off(int error);

  const std::size_t listener_;
  const ServerOptions& options_;
  Handler& handler_;
  const std::vector<std::unique_ptr<Worker>>& workers_;
  const std::string unix_path_;
  const int family_;
  boost::asio::basic_socket_acceptor<boost::asio::generic::stream_protocol> acceptor_;
  boost::asio::steady_timer pause_;
  bool paused_ = false;  // and reported, until something could be accepted again
};

}  // namespace nexus::http
