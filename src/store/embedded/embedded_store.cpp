#include "store/embedded/embedded_store.hpp"

#include <algorithm>
#include <shared_mutex>
#include <thread>
#include <utility>

#include <fmt/format.h>

#include "store/embedded/acknowledged.hpp"
#include "store/embedded/archive.hpp"
#include "store/embedded/backup.hpp"
#include "store/embedded/checkpointer.hpp"
#include "store/embedded/commit_log.hpp"
#include "store/embedded/database.hpp"
#include "store/embedded/fault_settings.hpp"
#include "store/embedded/group_writer.hpp"
#include "store/embedded/ledger_reader.hpp"
#include "store/embedded/open_store.hpp"
#include "store/embedded/recovery.hpp"
#include "store/embedded/state.hpp"
#include "store/embedded/verify.hpp"
#include "store/operation.hpp"

namespace nexus::store {

namespace embedded {

namespace {

// Beyond these it is memory that is waited for.
constexpr std::size_t load_threads_max = 8;

std::size_t load_threads() {
  return std::clamp<std::size_t>(std::thread::hardware_concurrency(), 1, load_threads_max);
}

domain::WarehousesPtr no_warehouses() {
  static const auto none = std::make_shared<const domain::Warehouses>();
  return none;
}

domain::Result<std::optional<domain::WarehouseNumber>> number_of(const std::optional<domain::WarehouseId>& id,
                                                                 const domain::Warehouses& warehouses) {
  if (!id) return std::nullopt;
  const auto number = domain::find_warehouse(warehouses, *id);
  if (!number) {
    return domain::fail(domain::ErrorCode::warehouse_not_found,
                        "warehouse \"" + id->text() + "\" does not exist");
  }
  return number;
}

}  // namespace

class EmbeddedStore final : public DrivenEngine {
 public:
  EmbeddedStore(const EmbeddedOptions& options, const Clock& clock, Threads threads,
                std::unique_ptr<Database> database)
      : options_(options),
        clock_(clock),
        threads_(threads),
        database_(std::move(database)),
        log_(*database_, options.sync_writes),
        archive_(*database_, clock) {}

  ~EmbeddedStore() override {
    if (!writer_) return;
    writer_.reset();
    // Without it the next start replays the log: slower, not less.
    [[maybe_unused]] const auto done = checkpointer_->run();
    checkpointer_.reset();
  }

  domain::Result<void> start() {
    const WindowBounds least{.events = options_.checkpoint_events, .bytes = options_.checkpoint_bytes};
    auto recovered = recover(*database_, log_, state_, least, threads_ == Threads::own ? load_threads() : 1,
                             clock_, options_.on_load);
    if (!recovered) return std::unexpected(recovered.error());
    replay_ = *recovered;
    if (auto noted = check_acknowledged(); !noted) return noted;
    database_->let_compaction_begin();
    checkpointer_ = std::make_unique<Checkpointer>(*database_, log_, state_, least,
                                                   options_.checkpoint_interval_ms, clock_, threads_);
    writer_ = std::make_unique<GroupWriter>(state_, log_, archive_, *checkpointer_, note_, clock_, threads_);
    return {};
  }

  Awaitable<Result<Executed>> execute(domain::Command command,
                                      std::optional<Idempotency> idempotency) override {
    return wait_for_operation(std::move(command), std::move(idempotency),
                              [this](OperationPtr operation) { writer_->submit(std::move(operation)); });
  }

  Awaitable<domain::KeyPtr> find_key(const domain::KeyDigest& digest) override {
    const std::shared_lock lock(state_.mutex);
    co_return state_.directory.find_key(digest);
  }

  Awaitable<bool> read_item(domain::TenantId tenant_id, std::string_view sku, ItemVisitor visit) override {
    const std::shared_lock lock(state_.mutex);
    const auto* tenant = state_.find(tenant_id);
    const auto slot = tenant == nullptr ? std::nullopt : tenant->items.find(sku);
    if (!slot) co_return false;
    const auto& item = tenant->items[*slot].item;
    if (item.is_deleted) co_return false;
    visit(item, *tenant->warehouses);
    co_return true;
  }

  Awaitable<Result<ItemPage>> list_items(domain::TenantId tenant_id, const ItemQuery& query,
                                         ItemVisitor visit) override {
    const std::shared_lock lock(state_.mutex);
    const auto* tenant = state_.find(tenant_id);
    const auto warehouse =
        number_of(query.warehouse, tenant == nullptr ? *no_warehouses() : *tenant->warehouses);
    if (!warehouse) co_return std::unexpected(warehouse.error());
    if (tenant == nullptr) co_return ItemPage{};
    co_return query.skus.empty() ? page_of_index(*tenant, query, *warehouse, visit)
                                 : page_of_skus(*tenant, query, *warehouse, visit);
  }

  Awaitable<domain::WarehousesPtr> warehouses(domain::TenantId tenant_id) override {
    const std::shared_lock lock(state_.mutex);
    const auto* tenant = state_.find(tenant_id);
    co_return tenant == nullptr ? no_warehouses() : tenant->warehouses;
  }

  Awaitable<Result<std::unique_ptr<AdjustmentReader>>> adjustments(domain::TenantId tenant_id,
                                                                   AdjustmentQuery query) override {
    const std::shared_lock lock(state_.mutex);
    const auto* tenant = state_.find(tenant_id);
    const auto slot = tenant == nullptr ? std::nullopt : tenant->items.find(query.sku);
    if (!slot || tenant->items[*slot].item.is_deleted) {
      co_return domain::fail(domain::ErrorCode::inventory_not_found,
                             "SKU \"" + query.sku + "\" has no inventory record");
    }
    const auto warehouse = number_of(query.warehouse, *tenant->warehouses);
    if (!warehouse) co_return std::unexpected(warehouse.error());
    LedgerReader::Filter filter{
        .from = query.from, .to = query.to, .warehouse = *warehouse, .reason = std::move(query.reason)};
    co_return std::make_unique<LedgerReader>(*database_, state_, *tenant, *slot, std::move(filter),
                                             query.before_sequence.value_or(state_.last_sequence + 1));
  }

  Awaitable<Result<domain::ReservationPtr>> find_reservation(domain::TenantId tenant_id,
                                                             domain::ReservationId id) override {
    {
      const std::shared_lock lock(state_.mutex);
      if (const auto* tenant = state_.find(tenant_id)) {
        if (auto reservation = tenant->reservations.find(id)) co_return reservation;
      }
    }
    co_return archive_.find_reservation(tenant_id, id);
  }

  Awaitable<Result<ReservationPage>> list_reservations(domain::TenantId tenant_id,
                                                       ReservationQuery query) override {
    ReservationPage page{.reservations = {}, .warehouses = no_warehouses()};
    {
      const std::shared_lock lock(state_.mutex);
      if (const auto* tenant = state_.find(tenant_id)) {
        page.reservations = tenant->reservations.list(query, query.limit + 1);
        page.warehouses = tenant->warehouses;
      }
    }
    auto archived = archive_.list_reservations(tenant_id, query, query.limit + 1);
    if (!archived) co_return std::unexpected(archived.error());
    merge_newest_first(page.reservations, std::move(*archived));
    page.has_more = page.reservations.size() > query.limit;
    if (page.has_more) page.reservations.resize(query.limit);
    co_return page;
  }

  Awaitable<std::vector<domain::Tenant>> tenants() override {
    const std::shared_lock lock(state_.mutex);
    co_return state_.directory.tenants();
  }

  Awaitable<std::vector<domain::ApiKey>> keys(std::optional<domain::TenantId> tenant) override {
    const std::shared_lock lock(state_.mutex);
    co_return state_.directory.keys(tenant);
  }

  Health health() const override { return writer_->health(); }

  StoreFigures figures() const override {
    StoreFigures figures;
    {
      const std::shared_lock lock(state_.mutex);
      figures.tenants = state_.directory.tenant_count();
      for (const auto& [id, tenant] : state_.tenants) {
        figures.items += tenant->index.size();
        figures.reservations_held += tenant->reservations.held();
      }
    }
    const auto& written = writer_->figures();
    figures.commits = written.commits;
    figures.events = written.events;
    figures.groups = written.groups;
    figures.log_bytes = written.log_bytes;
    figures.checkpoints = checkpointer_->checkpoints();
    figures.log_events_not_checkpointed = checkpointer_->pending_events();
    figures.replayed_events = replay_.events;
    figures.replay_ms = static_cast<std::uint64_t>(std::max<std::int64_t>(replay_.ms, 0));
    return figures;
  }

  void write_group() override { writer_->run_once(std::chrono::milliseconds(0)); }

  std::uint64_t last_sequence() const override {
    const std::shared_lock lock(state_.mutex);
    return state_.last_sequence;
  }

  domain::Result<void> checkpoint() override { return checkpointer_->run(); }

  domain::Result<void> backup(const std::filesystem::path& destination, const Progress& progress) override {
    return write_backup(*database_, destination, progress);
  }

  domain::Result<VerifyReport> verify(const Progress& progress) override {
    return embedded::verify(*database_, log_, state_, progress);
  }

 private:
  domain::Result<void> check_acknowledged() {
    const auto noted = AcknowledgedNote::read(database_->files(), options_.directory);
    if (!noted) return std::unexpected(noted.error());
    if (noted->value_or(0) > state_.last_sequence && !is_broken(Promise::checksums)) {
      return domain::fail(domain::ErrorCode::unavailable,
                          fmt::format("the commit log in {} ends with sequence {}, and {} was acknowledged",
                                      (options_.directory / "db").string(), state_.last_sequence, **noted));
    }
    // What is not synced is not to be noted.
    if (!options_.sync_writes) return {};
    auto opened = AcknowledgedNote::open(database_->files(), options_.directory, state_.last_sequence);
    if (!opened) return std::unexpected(opened.error());
    note_.emplace(std::move(*opened));
    return {};
  }

  static ItemPage page_of_index(const TenantState& tenant, const ItemQuery& query,
                                std::optional<domain::WarehouseNumber> warehouse, ItemVisitor visit) {
    ItemPage page;
    const auto sets = tenant.index.select(query.statuses, warehouse);
    for (const auto* set : sets) page.total += set->size();
    MergedItems items(sets, tenant.items, query.after);
    for (std::size_t i = 0; i < query.limit; ++i) {
      const auto id = items.next();
      if (!id) return page;
      visit(tenant.items[*id].item, *tenant.warehouses);
    }
    page.has_more = items.next().has_value();
    return page;
  }

  static ItemPage page_of_skus(const TenantState& tenant, const ItemQuery& query,
                               std::optional<domain::WarehouseNumber> warehouse, ItemVisitor visit) {
    std::vector<std::string_view> skus(query.skus.begin(), query.skus.end());
    std::ranges::sort(skus);
    skus.erase(std::ranges::unique(skus).begin(), skus.end());
    ItemPage page;
    std::size_t visited = 0;
    for (const auto sku : skus) {
      const auto id = tenant.items.find(sku);
      if (!id) continue;
      const Slot& slot = tenant.items[*id];
      if (slot.item.is_deleted || !query.statuses.contains(slot.status)) continue;
      if (warehouse && slot.item.find_level(*warehouse) == nullptr) continue;
      ++page.total;
      if (!query.after.empty() && sku <= query.after) continue;
      if (visited == query.limit) {
        page.has_more = true;
        continue;
      }
      ++visited;
      visit(slot.item, *tenant.warehouses);
    }
    return page;
  }

  // One that is in both was archived between the two looks, and is told as it was at the first.
  static void merge_newest_first(std::vector<domain::ReservationPtr>& in_memory,
                                 std::vector<domain::ReservationPtr> archived) {
    in_memory.insert(in_memory.end(), std::make_move_iterator(archived.begin()),
                     std::make_move_iterator(archived.end()));
    const auto id_of = [](const domain::ReservationPtr& reservation) { return reservation->id; };
    std::ranges::stable_sort(in_memory, std::greater<>(), id_of);
    const auto repeated = std::ranges::unique(in_memory, {}, id_of);
    in_memory.erase(repeated.begin(), repeated.end());
  }

  const EmbeddedOptions options_;
  const Clock& clock_;
  const Threads threads_;
  std::unique_ptr<Database> database_;
  CommitLog log_;
  Archive archive_;
  State state_;
  Replay replay_;
  std::optional<AcknowledgedNote> note_;
  std::unique_ptr<Checkpointer> checkpointer_;
  std::unique_ptr<GroupWriter> writer_;
};

namespace {

domain::Result<std::unique_ptr<EmbeddedStore>> open(const EmbeddedOptions& options, const Clock& clock,
                                                    rocksdb::Env& environment, Threads threads) {
  auto database = Database::open({.directory = options.directory,
                                  .create_if_missing = options.create_if_missing,
                                  .sync_writes = options.sync_writes,
                                  .own_threads = threads == Threads::own,
                                  .environment = &environment},
                                 clock);
  if (!database) return std::unexpected(std::move(database.error()));
  auto store = std::make_unique<EmbeddedStore>(options, clock, threads, std::move(*database));
  if (auto started = store->start(); !started) return std::unexpected(std::move(started.error()));
  return store;
}

}  // namespace

domain::Result<std::unique_ptr<Engine>> open_store(const EmbeddedOptions& options, const Clock& clock,
                                                   rocksdb::Env& environment) {
  return open(options, clock, environment, Threads::own);
}

domain::Result<std::unique_ptr<DrivenEngine>> open_driven_store(const EmbeddedOptions& options,
                                                                const Clock& clock,
                                                                rocksdb::Env& environment) {
  return open(options, clock, environment, Threads::none);
}

}  // namespace embedded

domain::Result<std::unique_ptr<Engine>> open_embedded_store(const EmbeddedOptions& options,
                                                            const Clock& clock) {
  const auto settings = embedded::with_fault_settings(options);
  if (!settings) return std::unexpected(settings.error());
  return embedded::open_store(*settings, clock, *rocksdb::Env::Default());
}

}  // namespace nexus::store
