#include "http/server/worker.hpp"

#include <algorithm>
#include <exception>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/dispatch.hpp>
#include <boost/asio/post.hpp>
#include <boost/intrusive/list.hpp>

#include "http/server/session.hpp"

namespace nexus::http {
namespace {

using Clock = std::chrono::steady_clock;

// Often enough that the shortest timeout is kept to within a quarter of itself.
std::chrono::milliseconds sweep_interval(const Limits& limits) {
  const auto shortest = std::min({limits.header_timeout, limits.body_timeout, limits.idle_timeout,
                                  limits.write_timeout, limits.drain_timeout, limits.linger_timeout});
  return std::clamp(shortest / 4, std::chrono::milliseconds(5), std::chrono::milliseconds(1000));
}

}  // namespace

struct Worker::Sessions {
  boost::intrusive::list<Session, boost::intrusive::base_hook<SessionHook>,
                         boost::intrusive::constant_time_size<false>>
      list;
};

// Only this thread touches the sockets, so asio need not lock around them; posting from other threads stays
// safe.
Worker::Worker(const ServerOptions& options, Handler& handler)
    : options_(options),
      handler_(handler),
      sweep_interval_(sweep_interval(options.limits)),
      sessions_(std::make_unique<Sessions>()),
      context_(BOOST_ASIO_CONCURRENCY_HINT_UNSAFE_IO),
      work_(context_.get_executor()),
      sweep_timer_(context_),
      socket_events_(context_) {}

Worker::~Worker() {
  halt();
  for (Session& session : sessions_->list) session.abandon();
}

void Worker::halt() {
  context_.stop();
  if (thread_.joinable()) thread_.join();
}

void Worker::start() {
  schedule_sweep();
  thread_ = std::thread([this] { run(); });
}

void Worker::run() {
  while (true) {
    try {
      context_.run();
      break;
    } catch (const std::exception& error) {
      handler_.trouble(error.what(), {});
    }
  }
  ended_ = true;
}

std::size_t Worker::join() {
  if (thread_.joinable()) thread_.join();
  return given_up_;
}

void Worker::adopt(Accepted accepted) {
  connections_.fetch_add(1, std::memory_order_relaxed);
  boost::asio::dispatch(context_, [this, connection = std::move(accepted)]() mutable {
    std::shared_ptr<Session> session;
    try {
      session = std::make_shared<Session>(*this, std::move(connection));
    } catch (const std::exception& error) {
      connections_.fetch_sub(1, std::memory_order_relaxed);
      handler_.trouble(error.what(), {});
      return;
    }
    boost::asio::co_spawn(context_, Session::run(std::move(session)), boost::asio::detached);
  });
}

void Worker::joined(Session& session) {
  sessions_->list.push_back(session);
}

void Worker::left() {
  connections_.fetch_sub(1, std::memory_order_relaxed);
  finish_if_drained();
}

std::string_view Worker::date_line() {
  const std::time_t now = std::time(nullptr);
  if (now != date_) {
    date_ = now;
    std::tm parts{};
    gmtime_r(&now, &parts);
    char text[48];
    date_line_.assign(text, std::strftime(text, sizeof text, "Date: %a, %d %b %Y %H:%M:%S GMT\r\n", &parts));
  }
  return date_line_;
}

void Worker::schedule_sweep() {
  if (drained()) return;
  sweep_timer_.expires_after(sweep_interval_);
  sweep_timer_.async_wait([this](boost::system::error_code error) {
    if (!error) sweep();
  });
}

void Worker::sweep() {
  const auto now = Clock::now();
  for (Session& session : sessions_->list) session.expire_if_due(now);
  if (stopping_ && now >= drain_by_) {
    if (cut_) {
      // Their connections are closed since the last sweep; what is still here waits for something else.
      given_up_ = static_cast<std::size_t>(std::distance(sessions_->list.begin(), sessions_->list.end()));
      context_.stop();
      return;
    }
    cut_ = true;
    for (Session& session : sessions_->list) session.cut();
  }
  schedule_sweep();
}

void Worker::request_stop(Clock::time_point drain_by) {
  boost::asio::post(context_, [this, drain_by] { begin_stop(drain_by); });
}

void Worker::begin_stop(Clock::time_point drain_by) {
  stopping_ = true;
  drain_by_ = drain_by;
  for (Session& session : sessions_->list) session.close_if_idle();
  finish_if_drained();
}

bool Worker::drained() const {
  return stopping_ && sessions_->list.empty();
}

void Worker::finish_if_drained() {
  if (ended_ || !drained()) return;
  sweep_timer_.cancel();
  socket_events_.stop();
  work_.reset();
}

}  // namespace nexus::http
