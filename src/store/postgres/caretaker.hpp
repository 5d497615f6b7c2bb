#pragma once

#include <atomic>
#include <mutex>
#include <string>

#include <boost/asio/io_context.hpp>

#include "store/maintenance.hpp"
#include "store/postgres/pool.hpp"
#include "store/postgres/sequences.hpp"
#include "store/postgres/writer.hpp"

namespace nexus::store::postgres {

// What has to be done now and then without anybody asking: letting reservations expire, forgetting kept
// answers, giving up what takes too long, and looking whether the database is there. Several nodes do it at
// once; whoever comes second finds it done. On the io_context's one thread, but for health() and figures().
class Caretaker {
 public:
  // All must outlive it.
  Caretaker(boost::asio::io_context& context, Pool& pool, Writer& writer, Sequences& sequences);

  // Looks once, and goes on to do so until stop().
  Awaitable<void> begin();
  void stop() { is_stopped_ = true; }

  Health health() const;
  // Of the whole database, as it was some seconds ago at most.
  StoreFigures figures() const;

 private:
  Awaitable<void> watch_deadlines();
  Awaitable<void> watch_expiries();
  Awaitable<void> watch_health();
  Awaitable<void> watch_figures();
  Awaitable<void> sleep(std::chrono::milliseconds time);
  Awaitable<std::size_t> release_expired();
  Awaitable<void> forget_answers();
  Awaitable<void> read_figures();
  Awaitable<void> look();
  Awaitable<Result<void>> ping();
  void set_health(Health health);

  boost::asio::io_context& context_;
  Pool& pool_;
  Writer& writer_;
  Sequences& sequences_;
  bool is_stopped_ = false;
  std::size_t releases_under_way_ = 0;
  mutable std::mutex mutex_;
  Health health_{.takes_writes = false, .reason = "the database has not answered yet"};
  std::atomic<std::uint64_t> items_{0};
  std::atomic<std::uint64_t> tenants_{0};
  std::atomic<std::uint64_t> held_{0};
};

}  // namespace nexus::store::postgres
