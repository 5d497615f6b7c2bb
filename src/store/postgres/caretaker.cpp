#include "store/postgres/caretaker.hpp"

#include <algorithm>
#include <chrono>
#include <utility>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>

#include "store/postgres/statements.hpp"

namespace nexus::store::postgres {

namespace asio = boost::asio;
using std::chrono::milliseconds;

namespace {

constexpr milliseconds deadlines_interval(50);
constexpr milliseconds expiries_interval(200);
constexpr milliseconds health_interval(500);
constexpr milliseconds figures_interval(5000);
constexpr milliseconds ping_patience(1000);
constexpr std::int64_t released_at_once = 200;
constexpr std::int64_t forgotten_at_once_ms = 60'000;

// A command that nobody waits for but a count.
class Release final : public Operation {
 public:
  Release(domain::Command what, asio::any_io_executor where, std::size_t& under_way)
      : Operation(std::move(what), std::nullopt, std::move(where)), under_way_(under_way) {
    ++under_way_;
  }
  void complete() override { --under_way_; }

 private:
  std::size_t& under_way_;
};

}  // namespace

Caretaker::Caretaker(asio::io_context& context, Pool& pool, Writer& writer, Sequences& sequences)
    : context_(context), pool_(pool), writer_(writer), sequences_(sequences) {}

Awaitable<void> Caretaker::begin() {
  co_await look();
  co_await read_figures();
  asio::co_spawn(context_, watch_deadlines(), asio::detached);
  asio::co_spawn(context_, watch_expiries(), asio::detached);
  asio::co_spawn(context_, watch_health(), asio::detached);
  asio::co_spawn(context_, watch_figures(), asio::detached);
}

Awaitable<void> Caretaker::sleep(milliseconds time) {
  asio::steady_timer timer(context_, time);
  co_await timer.async_wait(asio::use_awaitable);
}

Awaitable<void> Caretaker::watch_deadlines() {
  while (!is_stopped_) {
    writer_.give_up_overdue();
    co_await sleep(deadlines_interval);
  }
}

Awaitable<void> Caretaker::watch_expiries() {
  while (!is_stopped_) {
    std::size_t released = 0;
    if (releases_under_way_ == 0) released = co_await release_expired();
    co_await forget_answers();
    // More than fits into one go follows as soon as that is through.
    co_await sleep(released < released_at_once ? expiries_interval : deadlines_interval);
  }
}

Awaitable<std::size_t> Caretaker::release_expired() {
  std::vector<Call> calls;
  const auto now = sequences_.now();
  calls.emplace_back(statements::due_reservations, Parameters().add(now).add(released_at_once));
  const auto reply = co_await pool_.read(std::move(calls));
  if (!reply) co_return 0;
  const Rows& rows = reply->rows[0];
  std::vector<OperationPtr> releases;
  for (std::size_t row = 0; row < rows.size(); ++row) {
    domain::Command command{.tenant = {rows.id(row, 0)},
                            .actor = "system",
                            .request = domain::ExpireReservation{domain::ReservationId{rows.id(row, 1)}}};
    releases.push_back(
        std::make_unique<Release>(std::move(command), context_.get_executor(), releases_under_way_));
  }
  writer_.submit(std::move(releases));
  co_return rows.size();
}

// A minute's worth at a time, so that it stays a short statement however much there is.
Awaitable<void> Caretaker::forget_answers() {
  std::vector<Call> calls;
  calls.emplace_back(statements::oldest_answer, Parameters());
  const auto oldest = co_await pool_.read(std::move(calls));
  if (!oldest || oldest->rows[0].is_none(0, 0)) co_return;
  const auto now = sequences_.now();
  const auto expired_at = oldest->rows[0].time(0, 0);
  if (now < expired_at) co_return;
  std::vector<Call> removal;
  removal.emplace_back(statements::forget_answers,
                       Parameters().add(std::min(now, expired_at.plus_ms(forgotten_at_once_ms))));
  std::ignore = co_await pool_.note(std::move(removal));
}

Awaitable<void> Caretaker::watch_health() {
  while (!is_stopped_) {
    co_await look();
    co_await sleep(health_interval);
  }
}

Awaitable<void> Caretaker::look() {
  const auto fine = co_await ping();
  Health health;
  if (!fine)
    health = {.takes_writes = false, .reason = fine.error().message, .detail = fine.error().host_detail};
  set_health(std::move(health));
}

Awaitable<Result<void>> Caretaker::ping() {
  // Not by waiting for a connection, as a request would.
  if (!pool_.is_reachable()) co_return std::unexpected(pool_.unavailable());
  std::vector<Call> calls;
  calls.emplace_back(statements::ping, Parameters());
  const auto reply = co_await pool_.read(std::move(calls), ping_patience);
  if (!reply) co_return std::unexpected(reply.error());
  if (reply->rows[0].boolean(0, 0)) {
    co_return domain::fail(domain::ErrorCode::unavailable,
                           "the database is a standby, which takes no writes");
  }
  if (!writer_.is_stuck()) co_return Result<void>();
  // Whether a write comes through again is only known by one.
  const auto written = co_await sequences_.note_time();
  if (!written) co_return std::unexpected(written.error());
  writer_.clear_stuck();
  co_return Result<void>();
}

void Caretaker::set_health(Health health) {
  const std::scoped_lock lock(mutex_);
  health_ = std::move(health);
}

Health Caretaker::health() const {
  const std::scoped_lock lock(mutex_);
  return health_;
}

Awaitable<void> Caretaker::watch_figures() {
  while (!is_stopped_) {
    co_await sleep(figures_interval);
    co_await read_figures();
  }
}

Awaitable<void> Caretaker::read_figures() {
  std::vector<Call> calls;
  calls.emplace_back(statements::figures, Parameters());
  const auto reply = co_await pool_.read(std::move(calls));
  if (!reply) co_return;
  items_ = static_cast<std::uint64_t>(reply->rows[0].integer(0, 0));
  tenants_ = static_cast<std::uint64_t>(reply->rows[0].integer(0, 1));
  held_ = static_cast<std::uint64_t>(reply->rows[0].integer(0, 2));
}

StoreFigures Caretaker::figures() const {
  StoreFigures figures;
  figures.items = items_;
  figures.tenants = tenants_;
  figures.reservations_held = held_;
  figures.commits = writer_.figures().commits;
  figures.events = writer_.figures().events;
  figures.groups = writer_.figures().groups;
  return figures;
}

}  // namespace nexus::store::postgres
