#pragma once

#include <chrono>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "domain/decide.hpp"
#include "domain/draft.hpp"
#include "store/operation.hpp"
#include "store/postgres/changes.hpp"
#include "store/postgres/concern.hpp"
#include "store/postgres/connection.hpp"
#include "store/postgres/locked_view.hpp"
#include "store/postgres/sequences.hpp"
#include "store/postgres/warehouse_cache.hpp"

namespace nexus::store::postgres {

// A command on its way through the writer.
struct Task {
  domain::Command command;
  std::optional<Idempotency> idempotency;
  std::vector<std::int64_t> conflicts;  // what no two transactions of the node work on at once
  std::size_t bytes = 0;
  std::chrono::steady_clock::time_point ripe_at;  // when it has waited long enough for others to join it
  std::chrono::steady_clock::time_point give_up_at;
  OperationPtr operation;  // who waits; null once answered
  bool is_judged = false;  // so that it may take effect
  Result<Executed> result;
};

using TaskPtr = std::shared_ptr<Task>;

// What became of a group's transaction.
enum class Verdict : std::uint8_t {
  done,   // every task has its result, and what it rests on is durable
  again,  // nothing was done; the same may succeed in a moment
  apart,  // nothing was done; one of the tasks cannot be written, and the others must not suffer
};

// The commands of one tenant that share a transaction: locks and reads what they concern, judges them in
// their order, each on what the one before it left, and writes what follows. One round trip to lock, one to
// write.
class Group {
 public:
  // All must outlive it. The connection is the group's alone.
  Group(Connection& connection, Sequences& sequences, WarehouseCache& cache, std::vector<TaskPtr> tasks);

  Awaitable<Verdict> run();

  // After Verdict::done: others held what it had to lock for too long, and nothing was done.
  bool is_held_up() const { return is_held_up_; }
  // After Verdict::again: why, in the database's words, for the host's log.
  const std::string& trouble() const { return trouble_; }

  std::size_t commits() const { return commits_.size(); }
  std::size_t events() const;

 private:
  // Statements to be sent together, each with what is done with its rows.
  class Batch {
   public:
    void add(const Statement& statement, Parameters parameters, std::function<void(const Rows&)> take = {});
    void add(std::vector<Call> calls);
    std::vector<Call> take_calls() { return std::exchange(calls_, {}); }
    void take_rows(const Reply& reply) const;

   private:
    std::vector<Call> calls_;
    std::vector<std::function<void(const Rows&)>> takers_;
  };

  Awaitable<std::optional<Failure>> send(Batch& batch);
  void add_locks(Batch& batch, const Concern& concern) const;
  void add_reads(Batch& batch, const Concern& concern);
  std::size_t numbers_needed() const;
  void judge_all();
  Result<Executed> judge(Task& task);
  Result<Executed> judge_new(const Task& task);
  Awaitable<std::optional<Failure>> touch_items(Changes& changes);
  Awaitable<Verdict> write();
  Awaitable<Verdict> write_and_commit(Changes& changes);
  Awaitable<Verdict> give_up(Failure failure);
  void refuse_all(domain::ErrorCode code, const std::string& message, const std::string& host_detail = {});

  Connection& connection_;
  Sequences& sequences_;
  WarehouseCache& cache_;
  std::vector<TaskPtr> tasks_;
  domain::TenantId tenant_;
  LockedView view_;
  domain::Draft draft_;
  std::vector<domain::CommitPtr> commits_;
  std::string trouble_;
  bool is_outdated_ = false;  // what was read builds on what is forgotten
  bool is_held_up_ = false;
};

}  // namespace nexus::store::postgres
