#include "http/server/server.hpp"

#include <algorithm>
#include <atomic>
#include <chrono>
#include <thread>
#include <utility>

#include <boost/asio/post.hpp>

#include "http/server/acceptor.hpp"
#include "http/server/worker.hpp"

namespace nexus::http {

class Server::Impl {
 public:
  Impl(ServerOptions options, Handler& handler) : options_(std::move(options)), handler_(handler) {
    if (options_.threads == 0) options_.threads = std::max(1U, std::thread::hardware_concurrency());
  }

  ~Impl() {
    // The acceptors run on the first worker's thread, which must have ended before they go.
    for (auto& worker : workers_) worker->halt();
    acceptors_.clear();
  }

  void start() {
    std::vector<ListeningSocket> sockets;
    sockets.reserve(options_.listeners.size());
    for (const Listener& listener : options_.listeners) sockets.push_back(listen_on(listener));
    for (std::size_t i = 0; i < options_.threads; ++i) {
      workers_.push_back(std::make_unique<Worker>(options_, handler_));
    }
    for (std::size_t i = 0; i < sockets.size(); ++i) {
      endpoints_.push_back(sockets[i].endpoint);
      acceptors_.push_back(
          std::make_shared<Acceptor>(std::move(sockets[i]), i, options_, handler_, workers_));
      acceptors_.back()->start();
    }
    for (auto& worker : workers_) worker->start();
  }

  void request_stop() {
    if (stop_requested_.exchange(true) || workers_.empty()) return;
    boost::asio::post(workers_.front()->context(), [acceptors = acceptors_] {
      for (const auto& acceptor : acceptors) acceptor->stop();
    });
    const auto drain_by = std::chrono::steady_clock::now() + options_.limits.drain_timeout;
    for (auto& worker : workers_) worker->request_stop(drain_by);
  }

  std::size_t wait() {
    std::size_t given_up = 0;
    for (auto& worker : workers_) given_up += worker->join();
    return given_up;
  }

  const std::vector<std::string>& endpoints() const { return endpoints_; }

  std::size_t connections() const {
    std::size_t count = 0;
    for (const auto& worker : workers_) count += worker->connections();
    return count;
  }

 private:
  ServerOptions options_;
  Handler& handler_;
  std::vector<std::string> endpoints_;
  std::vector<std::unique_ptr<Worker>> workers_;
  std::vector<std::shared_ptr<Acceptor>> acceptors_;
  std::atomic<bool> stop_requested_ = false;
};

Server::Server(ServerOptions options, Handler& handler)
    : impl_(std::make_unique<Impl>(std::move(options), handler)) {}
Server::~Server() = default;

void Server::start() {
  impl_->start();
}
const std::vector<std::string>& Server::endpoints() const {
  return impl_->endpoints();
}
void Server::request_stop() {
  impl_->request_stop();
}
std::size_t Server::wait() {
  return impl_->wait();
}
std::size_t Server::connections() const {
  return impl_->connections();
}

}  // namespace nexus::http
