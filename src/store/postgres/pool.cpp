#include "store/postgres/pool.hpp"

#include <algorithm>
#include <utility>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/use_awaitable.hpp>

namespace nexus::store::postgres {

namespace asio = boost::asio;
using std::chrono::milliseconds;
using std::chrono::steady_clock;

namespace {

constexpr milliseconds watch_interval(50);
constexpr milliseconds pause_min(100);
constexpr milliseconds pause_max(1000);
constexpr std::size_t waiting_for_connection_max = 1024;
constexpr std::size_t runs_in_flight_max = 1024;

// Every statement is a point or a short range of an index, whatever the planner has not yet heard about the
// tables. Waits for locks end before those who wait for the answer have given up.
constexpr const char* settings_of_all =
    "-c jit=off -c plan_cache_mode=force_generic_plan -c enable_seqscan=off -c enable_hashjoin=off "
    "-c enable_mergejoin=off -c tcp_keepalives_idle=2 -c tcp_keepalives_interval=1 -c tcp_keepalives_count=3 "
    "-c tcp_user_timeout=5000 -c default_transaction_read_only=off "
    "-c synchronous_commit=on";
// Also what is noted: a transaction of one statement.
constexpr const char* settings_of_readers = " -c statement_timeout=5000";
// Nothing but locks can make a statement of theirs wait, and a COMMIT that waits for its standby must not be
// hurried: it would be visible without being safe.
constexpr const char* settings_of_writers =
    " -c lock_timeout=4000 -c statement_timeout=0 -c idle_in_transaction_session_timeout=10000";

}  // namespace

Pool::Pool(asio::io_context& context, const Target& target, Options options)
    : context_(context),
      options_(options),
      names_(context),
      readers_(options.readers),
      writers_(options.writers),
      notaries_(1) {
  const std::string all = settings_of_all;
  for (auto* slots : {&readers_, &notaries_}) {
    for (Slot& slot : *slots)
      slot.connection = std::make_unique<Connection>(context, names_, target, all + settings_of_readers);
  }
  for (Slot& slot : writers_)
    slot.connection = std::make_unique<Connection>(context, names_, target, all + settings_of_writers);
}

Pool::~Pool() = default;

void Pool::start() {
  asio::co_spawn(context_, watch(), asio::detached);
}

void Pool::stop() {
  is_stopped_ = true;
}

Awaitable<Result<void>> Pool::wait_until_reachable() {
  asio::steady_timer timer(context_);
  const auto began_at = steady_clock::now();
  const auto goes_on = [&] {
    const auto waited = steady_clock::now() - began_at;
    // The attempts end with their patience, each with its reason, and no moment before.
    return waited < options_.patience || (trouble_.empty() && waited < 2 * options_.patience);
  };
  while (!is_reachable() && goes_on()) {
    timer.expires_after(milliseconds(1));
    co_await timer.async_wait(asio::use_awaitable);
  }
  if (!is_reachable()) co_return std::unexpected(unavailable());
  co_return Result<void>();
}

Awaitable<void> Pool::watch() {
  asio::steady_timer timer(context_);
  while (!is_stopped_) {
    const auto now = steady_clock::now();
    for (auto* slots : {&readers_, &writers_, &notaries_}) {
      for (Slot& slot : *slots) {
        slot.connection->give_up_overdue();
        if (slot.connection->is_open() || slot.is_opening || slot.is_busy || now < slot.retry_at) continue;
        slot.is_opening = true;
        asio::co_spawn(context_, open(slot), asio::detached);
      }
    }
    timer.expires_after(watch_interval);
    co_await timer.async_wait(asio::use_awaitable);
  }
}

Awaitable<void> Pool::open(Slot& slot) {
  auto failed = co_await slot.connection->open(options_.patience);
  slot.is_opening = false;
  if (failed) {
    trouble_ = std::move(*failed);
    slot.pause = std::clamp(slot.pause * 2, pause_min, pause_max);
    slot.retry_at = steady_clock::now() + slot.pause;
    co_return;
  }
  if (is_opened_) is_opened_();
  trouble_.clear();
  slot.pause = milliseconds(0);
  if (writer_is_free_) writer_is_free_();
}

bool Pool::is_reachable() const {
  const auto is_usable = [](const Slot& slot) {
    return slot.connection->is_open() && !slot.connection->is_stuck();
  };
  return std::ranges::any_of(readers_, is_usable) && std::ranges::any_of(writers_, is_usable);
}

domain::Error Pool::unavailable() const {
  return {.code = domain::ErrorCode::unavailable,
          .message = "the database cannot be reached",
          .details = {},
          .host_detail = trouble_};
}

// What the database says may name its tables, machines and users.
domain::Error Pool::not_answered(const Failure& failure) {
  trouble_ = failure.message;
  std::string told = "the database did not answer";
  if (!failure.state.empty()) told += ": SQLSTATE " + failure.state;
  return {.code = domain::ErrorCode::unavailable,
          .message = std::move(told),
          .details = {},
          .host_detail = failure.message};
}

Connection* Pool::reader() {
  Connection* best = nullptr;
  for (const Slot& slot : readers_) {
    Connection* each = slot.connection.get();
    if (!each->is_open() || each->is_stuck() || each->in_flight() >= runs_in_flight_max) continue;
    if (best == nullptr || each->in_flight() < best->in_flight()) best = each;
  }
  return best;
}

Connection* Pool::notary() {
  Connection* only = notaries_.front().connection.get();
  return only->is_open() && !only->is_stuck() ? only : nullptr;
}

Awaitable<Result<Reply>> Pool::read(std::vector<Call> calls, milliseconds patience) {
  return run(&Pool::reader, std::move(calls), patience);
}

Awaitable<Result<Reply>> Pool::note(std::vector<Call> calls) {
  return run(&Pool::notary, std::move(calls), options_.patience);
}

Awaitable<Result<Reply>> Pool::run(Connection* (Pool::*choose)(), std::vector<Call> calls,
                                   milliseconds patience) {
  Connection* connection = (this->*choose)();
  if (connection == nullptr && waiting_ < waiting_for_connection_max) {
    ++waiting_;
    const auto give_up_at = steady_clock::now() + patience;
    asio::steady_timer timer(context_);
    while (connection == nullptr && !is_stopped_ && steady_clock::now() < give_up_at) {
      timer.expires_after(watch_interval);
      co_await timer.async_wait(asio::use_awaitable);
      connection = (this->*choose)();
    }
    --waiting_;
  }
  if (connection == nullptr) co_return std::unexpected(unavailable());
  auto reply = co_await connection->run(std::move(calls), patience);
  if (reply.failure) co_return std::unexpected(not_answered(*reply.failure));
  co_return reply;
}

Connection* Pool::take_writer() {
  for (Slot& slot : writers_) {
    if (slot.is_busy || !slot.connection->is_open()) continue;
    slot.is_busy = true;
    return slot.connection.get();
  }
  return nullptr;
}

Awaitable<Connection*> Pool::wait_for_writer(milliseconds limit) {
  const auto give_up_at = steady_clock::now() + limit;
  asio::steady_timer timer(context_);
  Connection* writer = take_writer();
  while (writer == nullptr && steady_clock::now() < give_up_at) {
    timer.expires_after(watch_interval);
    co_await timer.async_wait(asio::use_awaitable);
    writer = take_writer();
  }
  co_return writer;
}

Pool::Slot& Pool::slot_of(Connection* writer) {
  return *std::ranges::find(writers_, writer, [](const Slot& each) { return each.connection.get(); });
}

void Pool::give_back(Connection* writer) {
  slot_of(writer).is_busy = false;
  if (writer_is_free_) writer_is_free_();
}

}  // namespace nexus::store::postgres
