#pragma once

#include <atomic>
#include <chrono>
#include <deque>
#include <vector>

#include <boost/asio/io_context.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/unordered/unordered_flat_map.hpp>
#include <boost/unordered/unordered_flat_set.hpp>

#include "store/operation.hpp"
#include "store/postgres/group.hpp"
#include "store/postgres/pool.hpp"

namespace nexus::store::postgres {

// Gathers commands into groups: what waits when a connection is free, of one tenant, shares a transaction.
// While one of its transactions is under way, the tenant's commands gather for the next, for a moment: what
// a transaction costs beside its rows is most of what a small one costs. What works on the same things as a
// transaction that is under way waits for the next one, and holds back nothing else. Every command is
// answered in time, whatever the database does. On the io_context's one thread.
class Writer {
 public:
  // All must outlive it.
  Writer(boost::asio::io_context& context, Pool& pool, Sequences& sequences, WarehouseCache& cache,
         std::chrono::milliseconds patience);

  // The operations are completed in any case.
  void submit(std::vector<OperationPtr> operations);
  // Answers whoever has waited too long. To be called now and then.
  void give_up_overdue();
  // Something waited longer than it should, and nothing was done since.
  bool is_stuck() const { return is_stuck_; }
  void clear_stuck() { is_stuck_ = false; }
  bool is_idle() const { return waiting_.empty() && under_way_.empty(); }
  // Somebody still waits for an answer.
  bool has_waiters() const;
  void close() { is_closed_ = true; }

  struct Figures {
    std::atomic<std::uint64_t> commits{0};
    std::atomic<std::uint64_t> events{0};
    std::atomic<std::uint64_t> groups{0};
  };
  const Figures& figures() const { return figures_; }

 private:
  // What a tenant has with the writer.
  struct Load {
    std::size_t transactions = 0;
    std::size_t waiting_conflicts = 0;  // of what waits
  };

  void queue(OperationPtr operation);
  void pump();
  void pump_when_ripe();
  bool is_ripe(const Task& task, std::chrono::steady_clock::time_point now) const;
  std::vector<TaskPtr> take_group(std::chrono::steady_clock::time_point now);
  void leave(const Task& task);
  void forget_idle(domain::TenantId tenant);
  bool may_join(const std::vector<TaskPtr>& group, const Task& task,
                std::chrono::steady_clock::time_point now) const;
  Awaitable<Verdict> run_safely(Group& group, Connection& connection, const std::vector<TaskPtr>& tasks);
  Awaitable<void> carry_out(std::vector<TaskPtr> tasks, Connection* connection);
  Awaitable<void> run(std::vector<TaskPtr> tasks, Connection* connection);
  Awaitable<void> run_apart(std::vector<TaskPtr> tasks, Connection* connection);
  Awaitable<void> pause(std::size_t attempt);
  void finish(const std::vector<TaskPtr>& tasks);
  void refuse(Task& task, std::string message, std::string host_detail = {});
  void refuse(Task& task, domain::Error error);

  boost::asio::io_context& context_;
  Pool& pool_;
  Sequences& sequences_;
  WarehouseCache& cache_;
  std::chrono::milliseconds patience_;
  std::deque<TaskPtr> waiting_;
  std::size_t bytes_ = 0;  // of those
  boost::unordered_flat_map<domain::TenantId, Load, domain::IdHash> loads_;
  boost::asio::steady_timer ripening_;
  bool is_ripening_ = false;
  boost::unordered_flat_set<TaskPtr> under_way_;
  boost::unordered_flat_set<std::int64_t> busy_;  // the conflicts of those
  bool is_closed_ = false;
  bool is_stuck_ = false;
  Figures figures_;
};

}  // namespace nexus::store::postgres
