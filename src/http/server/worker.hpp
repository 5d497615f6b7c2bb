#pragma once

#include <atomic>
#include <chrono>
#include <ctime>
#include <memory>
#include <string>
#include <string_view>
#include <thread>

#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/intrusive/list_hook.hpp>

#include "http/server/compression.hpp"
#include "http/server/handler.hpp"
#include "http/server/options.hpp"
#include "http/server/request_reader.hpp"
#include "http/server/socket_events.hpp"
#include "http/server/unique_fd.hpp"

namespace nexus::http {

class Session;
using SessionHook =
    boost::intrusive::list_base_hook<boost::intrusive::link_mode<boost::intrusive::auto_unlink>>;

// A connection as it was accepted, on its way to the thread that will serve it.
struct Accepted {
  UniqueFd socket;
  std::size_t listener = 0;
  std::string remote_address;
  bool over_limit = false;                            // to be told 503 and closed
  std::shared_ptr<const TlsCertificate> certificate;  // null: plain
};

// One thread with its event loop, and the connections that live on it. What has no comment about threads
// belongs to that thread, sessions included.
class Worker {
 public:
  Worker(const ServerOptions& options, Handler& handler);
  ~Worker();

  void start();
  void adopt(Accepted accepted);                                      // from any thread
  void request_stop(std::chrono::steady_clock::time_point drain_by);  // from any thread
  void halt();         // at once; from the thread that called start()
  std::size_t join();  // from the thread that called start(): how many requests were given up
  std::size_t connections() const { return connections_.load(std::memory_order_relaxed); }  // from any thread
  boost::asio::io_context& context() { return context_; }
  SocketEvents& socket_events() { return socket_events_; }

  const ServerOptions& options() const { return options_; }
  const Limits& limits() const { return options_.limits; }
  Handler& handler() { return handler_; }
  RequestIds& request_ids() { return request_ids_; }
  GzipPool& gzip_pool() { return gzip_pool_; }
  std::string& compressed() { return compressed_; }  // scratch space, not kept over a suspension
  std::string_view date_line();                      // "Date: …\r\n" of this second
  bool stopping() const { return stopping_; }

  void joined(Session& session);
  void left();  // the session has unlinked itself

 private:
  void run();
  void schedule_sweep();
  void sweep();
  void begin_stop(std::chrono::steady_clock::time_point drain_by);
  bool drained() const;
  void finish_if_drained();

  const ServerOptions& options_;
  Handler& handler_;
  RequestIds request_ids_;
  GzipPool gzip_pool_;
  std::string compressed_;
  std::string date_line_;
  std::time_t date_ = 0;
  bool stopping_ = false;
  bool cut_ = false;
  bool ended_ = false;  // the loop; sessions that are destroyed after it change nothing any more
  std::size_t given_up_ = 0;
  std::chrono::steady_clock::time_point drain_by_;
  std::chrono::milliseconds sweep_interval_;
  std::atomic<std::size_t> connections_ = 0;

  // Before the context, whose destruction ends what sessions are left.
  struct Sessions;
  std::unique_ptr<Sessions> sessions_;

  boost::asio::io_context context_;
  boost::asio::executor_work_guard<boost::asio::io_context::executor_type> work_;
  boost::asio::steady_timer sweep_timer_;
  SocketEvents socket_events_;
  std::thread thread_;
};

}  // namespace nexus::http
