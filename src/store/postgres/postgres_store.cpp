#include "store/postgres/postgres_store.hpp"

#include <chrono>
#include <mutex>
#include <thread>
#include <utility>
#include <vector>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/asio/use_future.hpp>

#include "store/operation.hpp"
#include "store/postgres/caretaker.hpp"
#include "store/postgres/key_leases.hpp"
#include "store/postgres/lookups.hpp"
#include "store/postgres/pool.hpp"
#include "store/postgres/queries.hpp"
#include "store/postgres/schema.hpp"
#include "store/postgres/sequences.hpp"
#include "store/postgres/target.hpp"
#include "store/postgres/verify.hpp"
#include "store/postgres/warehouse_cache.hpp"
#include "store/postgres/writer.hpp"

namespace nexus::store {

namespace postgres {

namespace asio = boost::asio;

namespace {

// What a method without a Result throws in its place.
template <typename T>
T value_or_throw(Result<T> result) {
  if (result) return std::move(*result);
  throw Unavailable(std::move(result.error()));
}

// What other threads hand in for the loop's: one wake-up for all that comes until it is awake.
template <typename Thing>
class Inbox {
 public:
  // True when the loop has to be woken.
  bool push(Thing thing) {
    const std::scoped_lock lock(mutex_);
    things_.push_back(std::move(thing));
    return things_.size() == 1;
  }
  std::vector<Thing> take() {
    const std::scoped_lock lock(mutex_);
    return std::exchange(things_, {});
  }

 private:
  std::mutex mutex_;
  std::vector<Thing> things_;
};

}  // namespace

class PostgresStore final : public Engine {
 public:
  PostgresStore(const PostgresOptions& options, Target target, const Clock& clock)
      : target_(std::move(target)),
        pool_(loop_, target_,
              {.readers = options.readers, .writers = options.writers, .patience = options.patience}),
        sequences_(pool_, clock),
        writer_(loop_, pool_, sequences_, cache_, options.patience),
        queries_(pool_, cache_),
        lookups_(loop_, pool_, cache_, queries_),
        caretaker_(loop_, pool_, writer_, sequences_),
        thread_([this] { loop_.run(); }) {
    pool_.on_open([this] { cache_.forget(); });
  }

  ~PostgresStore() override {
    asio::co_spawn(loop_, close(), asio::use_future).wait();
    work_.reset();
    loop_.stop();
    thread_.join();
  }

  Result<void> start() { return asio::co_spawn(loop_, begin(), asio::use_future).get(); }

  Awaitable<Result<Executed>> execute(domain::Command command,
                                      std::optional<Idempotency> idempotency) override {
    if (std::holds_alternative<domain::RevokeKey>(command.request))
      return revoke(std::move(command), std::move(idempotency));
    return wait_for_operation(std::move(command), std::move(idempotency),
                              [this](OperationPtr operation) { hand_in(std::move(operation)); });
  }

  Awaitable<domain::KeyPtr> find_key(const domain::KeyDigest& digest) override {
    const auto asked_at = KeyLeases::Clock::now();
    if (auto leased = leases_.find(digest, asked_at)) co_return leased;
    auto answer = co_await wait_for_lookup([&](Lookup& lookup) { lookup.digest = digest; },
                                           [this](LookupPtr lookup) { hand_in(std::move(lookup)); });
    auto key = value_or_throw(std::move(answer.key));
    leases_.keep(key, asked_at);
    co_return key;
  }

  Awaitable<bool> read_item(domain::TenantId tenant, std::string_view sku, ItemVisitor visit) override {
    auto answer = co_await wait_for_lookup(
        [&](Lookup& lookup) {
          lookup.tenant = tenant;
          lookup.sku = sku;
        },
        [this](LookupPtr lookup) { hand_in(std::move(lookup)); });
    const auto found = value_or_throw(std::move(answer.item));
    if (!found) co_return false;
    visit(found->item, *found->warehouses);
    co_return true;
  }

  Awaitable<Result<ItemPage>> list_items(domain::TenantId tenant, const ItemQuery& query,
                                         ItemVisitor visit) override {
    const auto found = co_await on_loop(queries_.list_items(tenant, query));
    if (!found) co_return std::unexpected(found.error());
    for (const auto& item : found->items) visit(item, *found->warehouses);
    co_return found->page;
  }

  Awaitable<domain::WarehousesPtr> warehouses(domain::TenantId tenant) override {
    co_return value_or_throw(co_await on_loop(queries_.warehouses(tenant)))->list;
  }

  Awaitable<Result<std::unique_ptr<AdjustmentReader>>> adjustments(domain::TenantId tenant,
                                                                   AdjustmentQuery query) override {
    auto found = co_await on_loop(queries_.find_history(tenant, query));
    if (!found) co_return std::unexpected(std::move(found.error()));
    co_return std::make_unique<HistoryReader>(*this, tenant, std::move(query), std::move(*found));
  }

  Awaitable<Result<domain::ReservationPtr>> find_reservation(domain::TenantId tenant,
                                                             domain::ReservationId id) override {
    co_return co_await on_loop(queries_.find_reservation(tenant, id));
  }

  Awaitable<Result<ReservationPage>> list_reservations(domain::TenantId tenant,
                                                       ReservationQuery query) override {
    co_return co_await on_loop(queries_.list_reservations(tenant, query));
  }

  Awaitable<std::vector<domain::Tenant>> tenants() override {
    co_return value_or_throw(co_await on_loop(queries_.tenants()));
  }

  Awaitable<std::vector<domain::ApiKey>> keys(std::optional<domain::TenantId> tenant) override {
    co_return value_or_throw(co_await on_loop(queries_.keys(tenant)));
  }

  Health health() const override { return caretaker_.health(); }
  StoreFigures figures() const override { return caretaker_.figures(); }

  // What was answered is in the database's own log already.
  domain::Result<void> checkpoint() override { return {}; }

  domain::Result<void> backup(const std::filesystem::path& /*destination*/,
                              const Progress& /*progress*/) override {
    return domain::fail(
        domain::ErrorCode::validation_error,
        "a PostgreSQL store is backed up by PostgreSQL: pg_basebackup copies the whole server "
        "while it runs, pg_dump this database alone");
  }

  domain::Result<VerifyReport> verify(const Progress& progress) override {
    return postgres::verify(target_, progress);
  }

 private:
  class HistoryReader final : public AdjustmentReader {
   public:
    HistoryReader(PostgresStore& store, domain::TenantId tenant, AdjustmentQuery query, FoundHistory found)
        : store_(store), tenant_(tenant), query_(std::move(query)), found_(std::move(found)) {}

    Awaitable<Result<std::size_t>> read(std::size_t limit, AdjustmentVisitor visit) override {
      if (limit == 0 || is_at_end_) co_return 0;
      const auto rows = co_await store_.on_loop(
          store_.queries_.read_history(tenant_, query_, found_.warehouse, found_.end, limit));
      if (!rows) co_return std::unexpected(rows.error());
      for (std::size_t row = 0; row < rows->size(); ++row) {
        const auto line = read_adjustment(*rows, row, query_.sku);
        found_.end = line.sequence;
        visit(line);
      }
      is_at_end_ = rows->size() < limit;
      co_return rows->size();
    }

    const domain::Warehouses& warehouses() const override { return *found_.warehouses; }

   private:
    PostgresStore& store_;
    domain::TenantId tenant_;
    AdjustmentQuery query_;
    FoundHistory found_;
    bool is_at_end_ = false;
  };

  Awaitable<Result<Executed>> revoke(domain::Command command, std::optional<Idempotency> idempotency) {
    auto revoked =
        co_await wait_for_operation(std::move(command), std::move(idempotency),
                                    [this](OperationPtr operation) { hand_in(std::move(operation)); });
    if (!revoked) co_return revoked;
    // Also when it was revoked already: whoever did that may be waiting still.
    asio::steady_timer leases_end(co_await asio::this_coro::executor, KeyLeases::length);
    co_await leases_end.async_wait(asio::use_awaitable);
    co_return revoked;
  }

  // Runs the work on the loop's thread; whoever waits goes on on its own.
  template <typename T>
  Awaitable<T> on_loop(Awaitable<T> work) {
    co_return co_await asio::co_spawn(loop_, std::move(work), asio::use_awaitable);
  }

  void hand_in(OperationPtr operation) {
    if (operations_.push(std::move(operation)))
      asio::post(loop_, [this] { writer_.submit(operations_.take()); });
  }
  void hand_in(LookupPtr lookup) {
    if (asked_.push(std::move(lookup))) asio::post(loop_, [this] { lookups_.submit(asked_.take()); });
  }

  Awaitable<Result<void>> begin() {
    pool_.start();
    if (auto reached = co_await pool_.wait_until_reachable(); !reached) co_return reached;
    auto learned = co_await sequences_.learn_time();
    if (learned) co_await caretaker_.begin();
    co_return learned;
  }

  // Finishes what was accepted, at most as long as those who wait for it would.
  Awaitable<void> close() {
    writer_.close();
    asio::steady_timer timer(loop_);
    while (!writer_.is_idle()) {
      timer.expires_after(std::chrono::milliseconds(1));
      co_await timer.async_wait(asio::use_awaitable);
      if (!writer_.has_waiters()) break;
    }
    co_await sequences_.give_back();
    caretaker_.stop();
    pool_.stop();
  }

  asio::io_context loop_{1};
  asio::executor_work_guard<asio::io_context::executor_type> work_{loop_.get_executor()};
  Target target_;
  Pool pool_;
  WarehouseCache cache_;
  Sequences sequences_;
  Writer writer_;
  Queries queries_;
  Lookups lookups_;
  KeyLeases leases_;
  Caretaker caretaker_;
  Inbox<OperationPtr> operations_;
  Inbox<LookupPtr> asked_;
  std::thread thread_;
};

}  // namespace postgres

domain::Result<std::unique_ptr<Engine>> open_postgres_store(const PostgresOptions& options,
                                                            const Clock& clock) {
  auto target = postgres::Target::parse(options.url);
  if (!target) return std::unexpected(std::move(target.error()));
  if (auto migrated = postgres::prepare_schema(*target); !migrated)
    return std::unexpected(std::move(migrated.error()));
  auto store = std::make_unique<postgres::PostgresStore>(options, std::move(*target), clock);
  if (auto started = store->start(); !started) return std::unexpected(std::move(started.error()));
  return store;
}

std::string describe_postgres_store(const std::string& url) {
  return postgres::without_password(url);
}

}  // namespace nexus::store
