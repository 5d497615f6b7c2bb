#include "store/postgres/writer.hpp"

#include <algorithm>
#include <exception>
#include <utility>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <fmt/format.h>

#include "domain/decide.hpp"

namespace nexus::store::postgres {

namespace asio = boost::asio;
using std::chrono::milliseconds;
using std::chrono::steady_clock;

namespace {

constexpr std::size_t waiting_max = 16'384;
constexpr std::size_t waiting_bytes_max = 64U << 20U;
constexpr std::size_t tasks_in_group_max = 256;
constexpr std::size_t conflicts_in_group_max = 2000;
constexpr std::size_t attempts_max = 20;
// A tenant has one transaction at a time, unless what waits works on so many things, or has waited so long:
// no longer than a round trip or two, which is all that it would gain by going alone.
constexpr std::size_t conflicts_worth_a_transaction = 256;
constexpr std::chrono::microseconds gather_max(500);

}  // namespace

Writer::Writer(asio::io_context& context, Pool& pool, Sequences& sequences, WarehouseCache& cache,
               milliseconds patience)
    : context_(context),
      pool_(pool),
      sequences_(sequences),
      cache_(cache),
      patience_(patience),
      ripening_(context) {
  pool_.on_writer_free([this] { pump(); });
}

void Writer::submit(std::vector<OperationPtr> operations) {
  for (auto& operation : operations) queue(std::move(operation));
  pump();
}

void Writer::queue(OperationPtr operation) {
  auto task = std::make_shared<Task>();
  task->bytes = operation->bytes;
  const auto now = steady_clock::now();
  task->ripe_at = now + gather_max;
  task->give_up_at = now + patience_;
  task->command = std::move(operation->command);
  task->idempotency = std::move(operation->idempotency);
  task->operation = std::move(operation);
  if (is_closed_ || waiting_.size() >= waiting_max || bytes_ + task->bytes > waiting_bytes_max) {
    refuse(*task, is_closed_ ? "the store is being closed" : "too many requests wait for the database");
    return;
  }
  Concern concern;
  concern.add(task->command, task->idempotency);
  task->conflicts = conflict_numbers(task->command.tenant, concern);
  bytes_ += task->bytes;
  loads_[task->command.tenant].waiting_conflicts += task->conflicts.size();
  waiting_.push_back(std::move(task));
}

// The task waits no more.
void Writer::leave(const Task& task) {
  bytes_ -= task.bytes;
  loads_[task.command.tenant].waiting_conflicts -= task.conflicts.size();
  forget_idle(task.command.tenant);
}

void Writer::forget_idle(domain::TenantId tenant) {
  const auto found = loads_.find(tenant);
  if (found != loads_.end() && found->second.transactions == 0 && found->second.waiting_conflicts == 0)
    loads_.erase(found);
}

bool Writer::has_waiters() const {
  const auto waits = [](const TaskPtr& task) { return task->operation != nullptr; };
  return std::ranges::any_of(waiting_, waits) || std::ranges::any_of(under_way_, waits);
}

void Writer::pump() {
  while (!waiting_.empty()) {
    Connection* connection = pool_.take_writer();
    if (connection == nullptr) return;
    auto group = take_group(steady_clock::now());
    if (group.empty()) {
      // Quietly: giving it back would lead here again.
      pool_.keep_free(connection);
      return pump_when_ripe();
    }
    ++loads_[group.front()->command.tenant].transactions;
    asio::co_spawn(context_, carry_out(std::move(group), connection), asio::detached);
  }
}

void Writer::pump_when_ripe() {
  // What is ripe already waits for a transaction that works on the same, and for its end.
  const auto next = std::ranges::upper_bound(waiting_, steady_clock::now(), {}, &Task::ripe_at);
  if (is_ripening_ || next == waiting_.end()) return;
  is_ripening_ = true;
  ripening_.expires_at((*next)->ripe_at);
  ripening_.async_wait([this](const boost::system::error_code& cancelled) {
    if (cancelled) return;
    is_ripening_ = false;
    pump();
  });
}

// Whether it may begin a transaction.
bool Writer::is_ripe(const Task& task, steady_clock::time_point now) const {
  if (task.ripe_at <= now) return true;
  const auto load = loads_.find(task.command.tenant);
  return load == loads_.end() || load->second.transactions == 0 ||
         load->second.waiting_conflicts >= conflicts_worth_a_transaction;
}

std::vector<TaskPtr> Writer::take_group(steady_clock::time_point now) {
  std::vector<TaskPtr> group;
  if (std::ranges::none_of(waiting_, [&](const TaskPtr& task) { return is_ripe(*task, now); })) return group;
  std::deque<TaskPtr> rest;
  std::size_t conflicts = 0;
  // What stays behind holds back what comes after it and works on the same.
  boost::unordered_flat_set<std::int64_t> held_back;
  const auto is_held_back = [&](const Task& task) {
    return std::ranges::any_of(task.conflicts,
                               [&](auto each) { return busy_.contains(each) || held_back.contains(each); });
  };
  for (auto& task : waiting_) {
    const bool has_room = group.size() < tasks_in_group_max && conflicts < conflicts_in_group_max;
    if (has_room && may_join(group, *task, now) && !is_held_back(*task)) {
      conflicts += task->conflicts.size();
      group.push_back(std::move(task));
      continue;
    }
    held_back.insert(task->conflicts.begin(), task->conflicts.end());
    rest.push_back(std::move(task));
  }
  waiting_ = std::move(rest);
  for (const auto& task : group) {
    leave(*task);
    busy_.insert(task->conflicts.begin(), task->conflicts.end());
    under_way_.insert(task);
  }
  return group;
}

bool Writer::may_join(const std::vector<TaskPtr>& group, const Task& task,
                      steady_clock::time_point now) const {
  if (group.empty()) return is_ripe(task, now);
  return group.front()->command.tenant == task.command.tenant &&
         !domain::touches_whole_warehouse(group.front()->command) &&
         !domain::touches_whole_warehouse(task.command);
}

// A bug must not keep the connection, its locks and whoever waits for the same things for ever.
Awaitable<Verdict> Writer::run_safely(Group& group, Connection& connection,
                                      const std::vector<TaskPtr>& tasks) {
  try {
    co_return co_await group.run();
  } catch (const std::exception& bug) {
    connection.close();
    for (const auto& task : tasks) {
      task->result = domain::fail(domain::ErrorCode::internal,
                                  fmt::format("the command could not be carried out: {}", bug.what()));
    }
  }
  co_return Verdict::done;
}

Awaitable<void> Writer::carry_out(std::vector<TaskPtr> tasks, Connection* connection) {
  const auto tenant = tasks.front()->command.tenant;
  co_await run(std::move(tasks), connection);
  --loads_[tenant].transactions;
  forget_idle(tenant);
  pump();
}

Awaitable<void> Writer::run(std::vector<TaskPtr> tasks, Connection* connection) {
  for (std::size_t attempt = 1;; ++attempt) {
    // Who gave up was told that nothing was done.
    std::erase_if(tasks, [this](const TaskPtr& task) {
      if (task->operation != nullptr) return false;
      finish({task});
      return true;
    });
    if (tasks.empty()) break;
    Group group(*connection, sequences_, cache_, tasks);
    auto verdict = Verdict::again;
    if (connection->is_open()) verdict = co_await run_safely(group, *connection, tasks);
    if (verdict == Verdict::done) {
      figures_.groups += 1;
      figures_.commits += group.commits();
      figures_.events += group.events();
      is_stuck_ = group.is_held_up() || (is_stuck_ && group.commits() == 0);
      finish(tasks);
      break;
    }
    if (verdict == Verdict::apart) {
      co_await run_apart(std::move(tasks), connection);
      co_return;
    }
    if (attempt == attempts_max) {
      for (const auto& task : tasks) {
        if (task->operation != nullptr)
          refuse(*task, "the database was too busy to take the request", group.trouble());
      }
      continue;
    }
    co_await pause(attempt);
    if (!connection->is_open()) {
      pool_.give_back(connection);
      connection = co_await pool_.wait_for_writer(patience_);
      if (connection == nullptr) {
        for (const auto& task : tasks) {
          if (task->operation != nullptr) refuse(*task, pool_.unavailable());
        }
        finish(tasks);
        co_return;
      }
    }
  }
  pool_.give_back(connection);
}

Awaitable<void> Writer::run_apart(std::vector<TaskPtr> tasks, Connection* connection) {
  for (auto& task : tasks) {
    // Each one's run gives its connection back.
    if (connection == nullptr) connection = co_await pool_.wait_for_writer(patience_);
    std::vector<TaskPtr> alone(1, task);
    if (connection == nullptr) {
      if (task->operation != nullptr) refuse(*task, pool_.unavailable());
      finish(alone);
    } else {
      co_await run(std::move(alone), std::exchange(connection, nullptr));
    }
  }
}

Awaitable<void> Writer::pause(std::size_t attempt) {
  asio::steady_timer timer(context_, milliseconds(std::min<std::size_t>(attempt * attempt, 100)));
  co_await timer.async_wait(asio::use_awaitable);
}

void Writer::finish(const std::vector<TaskPtr>& tasks) {
  std::vector<OperationPtr> answered;
  for (const auto& task : tasks) {
    for (const auto each : task->conflicts) busy_.erase(each);
    under_way_.erase(task);
    if (task->operation == nullptr) continue;
    task->operation->result = std::move(task->result);
    answered.push_back(std::move(task->operation));
  }
  complete_all(std::move(answered));
}

void Writer::refuse(Task& task, std::string message, std::string host_detail) {
  refuse(task, {.code = domain::ErrorCode::unavailable,
                .message = std::move(message),
                .details = {},
                .host_detail = std::move(host_detail)});
}

void Writer::refuse(Task& task, domain::Error error) {
  task.operation->result = std::unexpected(std::move(error));
  std::vector<OperationPtr> answered;
  answered.push_back(std::move(task.operation));
  complete_all(std::move(answered));
}

void Writer::give_up_overdue() {
  const auto now = steady_clock::now();
  const auto is_overdue = [&](const TaskPtr& task) {
    return task->operation != nullptr && task->give_up_at <= now;
  };
  for (const auto& task : under_way_) {
    if (!is_overdue(task)) continue;
    is_stuck_ = true;
    refuse(*task, task->is_judged
                      ? "the database does not answer in time: whether the request took effect is not known, "
                        "and an idempotency key would tell"
                      : "the database does not answer in time: the request was not carried out");
  }
  std::erase_if(waiting_, [&](const TaskPtr& task) {
    if (!is_overdue(task)) return false;
    is_stuck_ = is_stuck_ || !pool_.is_reachable();
    leave(*task);
    if (pool_.is_reachable()) {
      refuse(*task, "too many requests wait for the database");
    } else {
      refuse(*task, pool_.unavailable());
    }
    return true;
  });
}

}  // namespace nexus::store::postgres
