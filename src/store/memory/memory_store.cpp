#include "store/memory/memory_store.hpp"

#include <algorithm>
#include <cassert>
#include <map>
#include <mutex>
#include <ranges>
#include <set>

#include "domain/apply.hpp"
#include "store/memory/state.hpp"

namespace nexus::store {

using namespace domain;

namespace {

using memory::State;

// One line of the ledger: a StockAdjusted among a commit's events.
struct LedgerLine {
  CommitPtr commit;
  std::size_t index;

  const StockAdjusted& event() const { return std::get<StockAdjusted>(commit->events[index]); }
  std::uint64_t sequence() const { return commit->sequence + index; }
};

bool matches(const LedgerLine& line, const AdjustmentQuery& query, std::optional<WarehouseNumber> warehouse) {
  if (query.before_sequence && line.sequence() >= *query.before_sequence) return false;
  if (query.from && line.commit->at < *query.from) return false;
  if (query.to && line.commit->at > *query.to) return false;
  if (warehouse && line.event().warehouse != *warehouse) return false;
  return !query.reason || line.event().reason == *query.reason;
}

bool matches(const Reservation& reservation, const ReservationQuery& query) {
  if (!query.statuses.contains(reservation.status)) return false;
  if (query.reference && reservation.reference != *query.reference) return false;
  if (query.before && reservation.id >= *query.before) return false;
  const auto has_sku = [&](const ReservationLine& line) { return line.sku == *query.sku; };
  return !query.sku || std::ranges::any_of(reservation.lines, has_sku);
}

bool matches(const Item& item, const ItemQuery& query, std::optional<WarehouseNumber> warehouse,
             const Warehouses& warehouses) {
  if (item.is_deleted) return false;
  if (!query.skus.empty() && std::ranges::find(query.skus, item.sku) == query.skus.end()) return false;
  if (warehouse && item.find_level(*warehouse) == nullptr) return false;
  return query.statuses.contains(status_of(item, warehouses));
}

// The number of the warehouse that a query names, if it names one.
Result<std::optional<WarehouseNumber>> number_of(const std::optional<WarehouseId>& id,
                                                 const Warehouses& warehouses) {
  if (!id) return std::nullopt;
  const auto number = find_warehouse(warehouses, *id);
  if (!number) return fail(ErrorCode::warehouse_not_found, "warehouse \"" + id->text() + "\" does not exist");
  return number;
}

// Lines that were picked when the reader was made: later ones are never seen.
class PickedLines final : public Store::AdjustmentReader {
 public:
  PickedLines(std::vector<LedgerLine> newest_first, WarehousesPtr warehouses)
      : lines_(std::move(newest_first)), warehouses_(std::move(warehouses)) {}

  Awaitable<Result<std::size_t>> read(std::size_t limit, AdjustmentVisitor visit) override {
    const auto count = std::min(limit, lines_.size() - next_);
    for (std::size_t i = 0; i < count; ++i, ++next_) {
      const LedgerLine& line = lines_[next_];
      const StockAdjusted& event = line.event();
      visit(Adjustment{.id = line.commit->adjustment_id(line.index),
                       .sequence = line.sequence(),
                       .sku = event.sku,
                       .warehouse = event.warehouse,
                       .before = event.before,
                       .after = event.after,
                       .version = event.version,
                       .reason = event.reason,
                       .note = event.note,
                       .created_by = line.commit->actor,
                       .at = line.commit->at});
    }
    co_return count;
  }

  const Warehouses& warehouses() const override { return *warehouses_; }

 private:
  std::vector<LedgerLine> lines_;
  WarehousesPtr warehouses_;
  std::size_t next_ = 0;
};

class MemoryStore final : public Store {
 public:
  explicit MemoryStore(const Clock& clock) : clock_(clock) {}

  Awaitable<Result<Executed>> execute(Command command, std::optional<Idempotency> idempotency) override {
    const std::lock_guard lock(mutex_);
    catch_up();
    co_return execute_now(command, idempotency);
  }

  Awaitable<KeyPtr> find_key(const KeyDigest& digest) override {
    const std::lock_guard lock(mutex_);
    for (const auto& [id, key] : tenant_of({}).state.all_keys()) {
      if (domain::SameDigest{}(key.digest, digest)) co_return std::make_shared<const ApiKey>(key);
    }
    co_return nullptr;
  }

  Awaitable<bool> read_item(TenantId tenant, std::string_view sku, ItemVisitor visit) override {
    const std::lock_guard lock(mutex_);
    catch_up();
    const State& state = tenant_of(tenant).state;
    const Item* item = state.find_item(sku);
    if (item == nullptr || item->is_deleted) co_return false;
    visit(*item, *state.warehouses());
    co_return true;
  }

  Awaitable<Result<ItemPage>> list_items(TenantId tenant, const ItemQuery& query,
                                         ItemVisitor visit) override {
    const std::lock_guard lock(mutex_);
    catch_up();
    const State& state = tenant_of(tenant).state;
    const auto warehouses = state.warehouses();
    const auto warehouse = number_of(query.warehouse, *warehouses);
    if (!warehouse) co_return std::unexpected(warehouse.error());
    ItemPage page;
    std::size_t visited = 0;
    for (const auto& [sku, item] : state.all_items()) {
      if (!matches(item, query, *warehouse, *warehouses)) continue;
      ++page.total;
      if (sku <= query.after) continue;
      if (visited == query.limit) {
        page.has_more = true;
      } else {
        visit(item, *warehouses);
        ++visited;
      }
    }
    co_return page;
  }

  Awaitable<WarehousesPtr> warehouses(TenantId tenant) override {
    const std::lock_guard lock(mutex_);
    co_return tenant_of(tenant).state.warehouses();
  }

  Awaitable<Result<std::unique_ptr<AdjustmentReader>>> adjustments(TenantId tenant,
                                                                   AdjustmentQuery query) override {
    const std::lock_guard lock(mutex_);
    const TenantData& data = tenant_of(tenant);
    const Item* item = data.state.find_item(query.sku);
    if (item == nullptr || item->is_deleted) {
      co_return fail(ErrorCode::inventory_not_found, "SKU \"" + query.sku + "\" has no inventory record");
    }
    const auto warehouse = number_of(query.warehouse, *data.state.warehouses());
    if (!warehouse) co_return std::unexpected(warehouse.error());
    std::vector<LedgerLine> picked;
    if (const auto ledger = data.ledger.find(query.sku); ledger != data.ledger.end()) {
      for (const LedgerLine& line : std::views::reverse(ledger->second)) {
        if (matches(line, query, *warehouse)) picked.push_back(line);
      }
    }
    co_return std::make_unique<PickedLines>(std::move(picked), data.state.warehouses());
  }

  Awaitable<Result<ReservationPtr>> find_reservation(TenantId tenant, ReservationId id) override {
    const std::lock_guard lock(mutex_);
    catch_up();
    co_return tenant_of(tenant).state.find_reservation(id);
  }

  Awaitable<Result<ReservationPage>> list_reservations(TenantId tenant, ReservationQuery query) override {
    const std::lock_guard lock(mutex_);
    catch_up();
    const State& state = tenant_of(tenant).state;
    ReservationPage page{.reservations = {}, .warehouses = state.warehouses()};
    for (const auto& [id, reservation] : std::views::reverse(state.all_reservations())) {
      if (!matches(*reservation, query)) continue;
      if (page.reservations.size() == query.limit) {
        page.has_more = true;
        break;
      }
      page.reservations.push_back(reservation);
    }
    co_return page;
  }

  Awaitable<std::vector<Tenant>> tenants() override {
    const std::lock_guard lock(mutex_);
    const auto all = std::views::values(tenant_of({}).state.all_tenants());
    co_return std::vector<Tenant>(all.begin(), all.end());
  }

  Awaitable<std::vector<ApiKey>> keys(std::optional<TenantId> tenant) override {
    const std::lock_guard lock(mutex_);
    std::vector<ApiKey> keys;
    for (const auto& [id, key] : tenant_of({}).state.all_keys()) {
      if (!tenant || key.tenant == *tenant) keys.push_back(key);
    }
    co_return keys;
  }

 private:
  struct TenantData {
    State state;
    std::map<std::string, std::vector<LedgerLine>, std::less<>> ledger;  // by SKU, oldest first
  };

  // What a tenant has; of one that never wrote, nothing.
  const TenantData& tenant_of(TenantId id) const {
    static const TenantData nothing;
    const auto found = tenants_.find(id);
    return found == tenants_.end() ? nothing : found->second;
  }

  // Moves the time on and does what it has made due.
  void catch_up() {
    now_ = std::max(now_, clock_.now());
    for (auto& [id, data] : tenants_) {
      data.state.forget_answers(now_);
      std::set<std::pair<Time, ReservationId>> due;
      for (const auto& [reference, held] : data.state.all_held()) {
        const auto expires_at = held->expires_at;
        if (expires_at && *expires_at <= now_) due.emplace(*expires_at, held->id);
      }
      for (const auto& [expires_at, reservation] : due) {
        [[maybe_unused]] const auto expired = execute_now(
            Command{.tenant = id, .actor = {}, .request = ExpireReservation{reservation}}, std::nullopt);
        assert(expired);
      }
    }
  }

  Result<Executed> execute_now(const Command& command, const std::optional<Idempotency>& idempotency) {
    TenantData& data = tenants_[command.tenant];
    if (idempotency) {
      if (auto kept = data.state.find_answer(idempotency->key)) {
        if (kept->fingerprint != idempotency->fingerprint) {
          return fail(ErrorCode::idempotency_key_reused,
                      "the idempotency key \"" + idempotency->key + "\" was used for another request");
        }
        return Executed{.commit = {}, .outcome = {}, .answer = std::move(kept), .is_replay = true};
      }
    }
    auto decision = decide(command, data.state, Stamp{.now = now_, .sequence = next_sequence_});
    if (!decision) return std::unexpected(std::move(decision.error()));
    Commit commit{.tenant = command.tenant,
                  .at = now_,
                  .actor = command.actor,
                  .sequence = next_sequence_,
                  .events = std::move(decision->events)};
    Executed executed{.commit = std::make_shared<Commit>(commit),
                      .outcome = std::move(decision->outcome),
                      .answer = {},
                      .is_replay = false};
    if (idempotency) {
      auto rendered = idempotency->render(executed);
      executed.answer = std::make_shared<AnswerKept>(AnswerKept{.key = idempotency->key,
                                                                .fingerprint = idempotency->fingerprint,
                                                                .expires_at = now_.plus_ms(answer_kept_ms),
                                                                .status = rendered.status,
                                                                .etag = std::move(rendered.etag),
                                                                .body = std::move(rendered.body)});
      commit.events.emplace_back(*executed.answer);
      executed.commit = std::make_shared<Commit>(std::move(commit));
    }
    keep(executed.commit, data);
    return executed;
  }

  void keep(const CommitPtr& commit, TenantData& data) {
    for (std::size_t i = 0; i < commit->events.size(); ++i) {
      const Event& event = commit->events[i];
      apply(event, commit->at, data.state);
      if (const auto* adjusted = std::get_if<StockAdjusted>(&event)) {
        data.ledger[adjusted->sku].push_back({commit, i});
      }
    }
    next_sequence_ += commit->events.size();
  }

  const Clock& clock_;
  std::mutex mutex_;
  Time now_;
  std::uint64_t next_sequence_ = 1;
  std::map<TenantId, TenantData> tenants_;
};

}  // namespace

std::unique_ptr<Store> make_memory_store(const Clock& clock) {
  return std::make_unique<MemoryStore>(clock);
}

}  // namespace nexus::store
