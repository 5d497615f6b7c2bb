#include "store/embedded/recovery.hpp"

#include <algorithm>
#include <future>
#include <map>
#include <memory>
#include <optional>
#include <utility>
#include <variant>
#include <vector>

#include <fmt/format.h>

#include "domain/apply.hpp"
#include "store/crash_points.hpp"
#include "store/embedded/handover.hpp"
#include "store/embedded/keys.hpp"
#include "store/embedded/record_codec.hpp"
#include "store/embedded/record_loader.hpp"
#include "store/embedded/thread_name.hpp"

namespace nexus::store::embedded {

namespace {

// What is fetched for them at once stays in the second cache.
constexpr std::size_t skus_ahead_min = 256;

// Decoded ones, that wait to be applied.
constexpr std::size_t groups_ahead_max = 2;

template <typename Map, typename Key>
std::uint64_t stamp_in(const Map& map, const Key& key) {
  const auto found = map.find(key);
  return found == map.end() ? 0 : found->second;
}

// Calls `visit(sku)` for each SKU that the event changes something of.
template <typename Visit>
void for_each_sku(const domain::Event& event, Visit&& visit) {
  std::visit(
      [&](const auto& of) {
        if constexpr (requires { of.sku; }) visit(of.sku);
        if constexpr (requires { of.lines; }) {
          for (const auto& line : of.lines) visit(line.sku);
        }
        if constexpr (requires { of.reservation; }) {
          for (const auto& line : of.reservation.lines) visit(line.sku);
        }
      },
      event);
}

// Applies the events of the log to what was loaded, each only where it is not there yet.
class Replayer final : public domain::Editor {
 public:
  Replayer(State& state, const LoadedRecords& loaded) : state_(state), loaded_(loaded) {}

  // False when the events do not fit the state.
  bool replay(CommitLog::Group group) {
    const auto number = state_.open_window().add_group(std::move(group.bytes));
    std::size_t ahead = 0;
    for (std::size_t at = 0; at < group.commits.size(); ++at) {
      if (at == ahead) ahead = prefetch(group.commits, at);
      const auto& [commit, places] = group.commits[at];
      turn_to(commit.tenant);
      for (std::size_t i = 0; i < commit.events.size(); ++i) {
        sequence_ = commit.sequence + i;
        domain::apply(commit.events[i], commit.at, *this);
        note(commit.events[i],
             {.group = number, .commit_offset = places.offset, .event_offset = places.event_offsets[i]});
        if (!fits_) return false;
      }
      state_.last_sequence = sequence_;
      state_.last_commit_at = commit.at;
    }
    return true;
  }

  void put_tenant(const domain::Tenant& tenant) override {
    state_.directory.put(tenant);
    state_.open_window().add_tenant(tenant.id);
  }

  void put_key(const domain::ApiKey& key) override {
    state_.open_window().add_key(key.id);
    if (stamp_in(loaded_.keys, key.id) < sequence_) state_.directory.put(key);
  }

  // The directory shares its keys with readers, so the change is made to a copy, and put by note().
  domain::ApiKey* edit_key(domain::KeyId id) override {
    const auto key = state_.directory.find_key(id);
    if (key == nullptr || stamp_in(loaded_.keys, id) >= sequence_) return nullptr;
    edited_key_ = *key;
    return &*edited_key_;
  }

  void put_warehouse(domain::WarehouseNumber number, const domain::Warehouse& warehouse) override {
    fits_ = fits_ && tenant_ != nullptr && number <= tenant_->warehouses->size();
    if (!fits_) return;
    state_.open_window().add_warehouse(*tenant_, number);
    if (stamp_in(loaded_.warehouses, std::pair(tenant_id_, number)) >= sequence_) return;
    auto next = std::make_shared<domain::Warehouses>(*tenant_->warehouses);
    if (number == next->size()) {
      next->push_back(warehouse);
    } else {
      (*next)[number] = warehouse;
    }
    tenant_->warehouses = std::move(next);
  }

  void touch_items_of(domain::WarehouseNumber number, domain::Time at) override {
    for (SlotId slot = 0; fits_ && slot < tenant_->items.size(); ++slot) {
      auto& item = tenant_->items[slot].item;
      if (item.is_deleted || item.find_level(number) == nullptr) continue;
      state_.mark_changed(*tenant_, slot);
      if (stamp_of_item(slot) >= sequence_) continue;
      ++item.version;
      item.updated_at = at;
    }
  }

  domain::Item* edit_item(std::string_view sku) override {
    fits_ = fits_ && tenant_ != nullptr;
    if (!fits_) return nullptr;
    const auto found = tenant_->items.find(sku);
    const auto slot = found ? *found : tenant_->items.add(sku);
    edited_slot_ = slot;
    state_.mark_changed(*tenant_, slot);
    if (stamp_of_item(slot) >= sequence_) return nullptr;
    return &tenant_->items[slot].item;
  }

  domain::ReservationPtr reservation_to_edit(domain::ReservationId id) override {
    fits_ = fits_ && tenant_ != nullptr;
    if (!fits_ || reservation_stamp(id) >= sequence_) return nullptr;
    return tenant_->reservations.find(id);
  }

  void put_reservation(domain::ReservationPtr reservation) override {
    fits_ = fits_ && tenant_ != nullptr;
    if (!fits_) return;
    state_.open_window().add_reservation(*tenant_, reservation->id);
    if (reservation_stamp(reservation->id) < sequence_) {
      state_.put_reservation(*tenant_, std::move(reservation));
    }
  }

  // The window finds it in the log's own bytes.
  void keep_answer(const domain::AnswerKept& /*answer*/) override {}

 private:
  void turn_to(domain::TenantId tenant) {
    if (tenant_ != nullptr && tenant_id_ == tenant) return;
    tenant_id_ = tenant;
    tenant_ = tenant == domain::TenantId{} ? nullptr : &state_.find_or_add(tenant);
    const auto found = loaded_.items.find(tenant);
    loaded_items_ = found == loaded_.items.end() ? nullptr : &found->second;
  }

  // Looks ahead: commits of one tenant, from this one on, so that what they change is found faster together.
  // Returns the first that was not looked at.
  std::size_t prefetch(const std::vector<DecodedCommit>& commits, std::size_t from) {
    skus_.clear();
    auto at = from;
    for (; at < commits.size() && skus_.size() < skus_ahead_min; ++at) {
      if (commits[at].commit.tenant != commits[from].commit.tenant) break;
      for (const auto& event : commits[at].commit.events) {
        for_each_sku(event, [&](const std::string& sku) { skus_.emplace_back(sku); });
      }
    }
    const auto* tenant = state_.find(commits[from].commit.tenant);
    if (tenant == nullptr) return at;
    const auto loaded = loaded_.items.find(tenant->id);
    for (const auto slot : tenant->items.find_all(skus_)) {
      if (!slot) continue;
      if (loaded != loaded_.items.end()) loaded->second.prefetch_stamp(*slot);
      state_.prefetch_changed(*tenant, *slot);
    }
    return at;
  }

  std::uint64_t stamp_of_item(SlotId slot) const {
    return loaded_items_ == nullptr ? 0 : loaded_items_->stamp(slot);
  }

  std::uint64_t reservation_stamp(domain::ReservationId id) const {
    return stamp_in(loaded_.reservations, std::pair(tenant_id_, id));
  }

  // What the open window needs to know of the event, whether it was applied or not.
  void note(const domain::Event& event, Window::Place place) {
    if (edited_key_) {
      state_.directory.put(*edited_key_);
      edited_key_.reset();
    }
    if (const auto* revoked = std::get_if<domain::KeyRevoked>(&event)) {
      if (state_.directory.find_key(revoked->id) != nullptr) state_.open_window().add_key(revoked->id);
    }
    if (std::holds_alternative<domain::StockAdjusted>(event) && fits_) {
      state_.add_line(*tenant_, edited_slot_, sequence_, place);
      return;
    }
    state_.open_window().add_event({.previous = 0, .place = place});
    if (const auto* answer = std::get_if<domain::AnswerKept>(&event)) {
      state_.open_window().add_answer(tenant_id_, answer->key, place);
    }
  }

  State& state_;
  const LoadedRecords& loaded_;
  domain::TenantId tenant_id_;
  TenantState* tenant_ = nullptr;                       // null for commands of the host
  const LoadedRecords::Items* loaded_items_ = nullptr;  // of the tenant, if it has any
  std::vector<std::string_view> skus_;                  // of prefetch()
  std::uint64_t sequence_ = 0;
  SlotId edited_slot_ = 0;  // of the item that was asked for last
  std::optional<domain::ApiKey> edited_key_;
  bool fits_ = true;
};

// CommitLog::replay(), with a thread that reads, checks and decodes what comes next.
template <typename Visit>
domain::Result<void> read_ahead(CommitLog& log, std::uint64_t sequence, Visit&& visit) {
  using Groups = Handover<CommitLog::Group>;
  Groups groups(groups_ahead_max);
  auto read = std::async(std::launch::async, [&] {
    name_thread("nexus-load");
    const Groups::Closer end(groups);
    return log.replay(sequence, [&](CommitLog::Group group) -> domain::Result<void> {
      if (groups.give(std::move(group))) return {};
      return domain::fail(domain::ErrorCode::unavailable, "the rest of the commit log is not read");
    });
  });
  const Groups::Closer end(groups);
  while (auto group = groups.take()) {
    if (auto visited = visit(std::move(*group)); !visited) return visited;
  }
  return read.get();
}

// All items of a tenant in the order of their SKUs' bytes. Those of the records come so already.
std::vector<SlotId> in_order(const TenantState& tenant, std::vector<SlotId> loaded) {
  auto order = std::move(loaded);
  const auto from_records = static_cast<std::ptrdiff_t>(order.size());
  for (auto slot = static_cast<SlotId>(order.size()); slot < tenant.items.size(); ++slot) {
    order.push_back(slot);
  }
  const ItemIndex::BySku by_sku{&tenant.items};
  std::sort(order.begin() + from_records, order.end(), by_sku);
  std::inplace_merge(order.begin(), order.begin() + from_records, order.end(), by_sku);
  return order;
}

bool has_known_warehouses(const domain::Item& item, const domain::Warehouses& warehouses) {
  return std::ranges::all_of(item.levels,
                             [&](const domain::Level& level) { return level.warehouse < warehouses.size(); });
}

// The two halves of an index have nothing in common, and may be built at the same time. What is left of both
// when a level stands in a warehouse that is not there is not to be used.
bool index_by_status(TenantState& tenant, const std::vector<SlotId>& order) {
  for (const SlotId id : order) {
    Slot& slot = tenant.items[id];
    if (!has_known_warehouses(slot.item, *tenant.warehouses)) return false;
    slot.status = domain::status_of(slot.item, *tenant.warehouses);
    if (!slot.item.is_deleted) tenant.index.append_by_status(id, slot.status);
  }
  return true;
}

void index_by_warehouse(TenantState& tenant, const std::vector<SlotId>& order) {
  for (const SlotId id : order) {
    const auto& item = tenant.items[id].item;
    if (!has_known_warehouses(item, *tenant.warehouses)) return;
    if (item.is_deleted) continue;
    tenant.index.append_by_warehouse(id, domain::status_of(item, *tenant.warehouses), item.levels);
  }
}

// False when a level stands in a warehouse that is not there.
bool build_indexes(State& state, LoadedRecords& loaded, std::launch launch) {
  std::vector<std::pair<TenantState*, std::vector<SlotId>>> tenants;
  for (auto& [id, tenant] : state.tenants) {
    tenants.emplace_back(tenant.get(), in_order(*tenant, std::move(loaded.items[id].in_order)));
  }
  const auto by_warehouse = std::async(launch, [&] {
    for (auto& [tenant, order] : tenants) index_by_warehouse(*tenant, order);
  });
  const bool fits =
      std::ranges::all_of(tenants, [](auto& of) { return index_by_status(*of.first, of.second); });
  by_warehouse.wait();
  return fits;
}

}  // namespace

domain::Result<Replay> recover(Database& database, CommitLog& log, State& state, WindowBounds least,
                               std::size_t parts, const Clock& clock, const Progress& progress) {
  const auto stored = database.get(Family::meta, keys::checkpoint);
  if (!stored) return std::unexpected(stored.error());
  if (*stored) {
    const auto mark = decode_mark(**stored);
    if (!mark) {
      return domain::fail(
          domain::ErrorCode::unavailable,
          fmt::format("the checkpoint's mark in {} is damaged", database.directory().string()));
    }
    state.last_sequence = mark->sequence;
    state.last_commit_at = mark->last_commit_at;
  }
  const auto splits = split_items(database, parts);
  if (!splits) return std::unexpected(splits.error());
  auto loaded = load_records(database, state, state.last_sequence, *splits, progress);
  if (!loaded) return std::unexpected(loaded.error());
  crash_point("start.loaded");
  state.windows.push_back(state.window_maker.make(pending_max(least, state.count_items()).events));
  state.open_window().begin_at(state.last_sequence + 1);

  const auto misfit = [&] {
    return domain::fail(domain::ErrorCode::unavailable,
                        fmt::format("the commit log in {} does not fit the records at sequence {}",
                                    database.directory().string(), state.last_sequence + 1));
  };
  const auto launch = parts > 1 ? std::launch::async : std::launch::deferred;
  Replayer replayer(state, *loaded);
  const auto replay = [&](CommitLog::Group group) -> domain::Result<void> {
    if (!replayer.replay(std::move(group))) return misfit();
    return {};
  };
  const auto began_at = clock.now();
  const auto begin = state.last_sequence + 1;
  const auto replayed = parts > 1 ? read_ahead(log, begin, replay) : log.replay(begin, replay);
  if (!replayed) return std::unexpected(replayed.error());
  const Replay tail{.events = state.last_sequence + 1 - begin, .ms = clock.now().ms - began_at.ms};
  crash_point("start.replayed");

  if (!build_indexes(state, *loaded, launch)) return misfit();
  return tail;
}

}  // namespace nexus::store::embedded
