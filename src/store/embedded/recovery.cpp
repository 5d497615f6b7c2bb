#include "store/embedded/recovery.hpp"

#include <algorithm>
#include <map>
#include <memory>
#include <optional>
#include <utility>
#include <variant>
#include <vector>

#include <fmt/format.h>

#include "domain/apply.hpp"
#include "store/embedded/crash_points.hpp"
#include "store/embedded/keys.hpp"
#include "store/embedded/record_codec.hpp"

namespace nexus::store::embedded {

namespace {

constexpr std::uint64_t records_between_progress = 10'000;

// Up to which event each loaded record reflects the log. Records copied while writes went on know more than
// the checkpoint's mark says, and an event must not be applied twice.
struct Stamps {
  std::map<domain::TenantId, std::vector<std::uint64_t>> items;  // by slot
  std::map<std::pair<domain::TenantId, domain::WarehouseNumber>, std::uint64_t> warehouses;
  std::map<std::pair<domain::TenantId, domain::ReservationId>, std::uint64_t> reservations;
  std::map<domain::KeyId, std::uint64_t> keys;

  std::uint64_t of_item(domain::TenantId tenant, SlotId slot) const {
    const auto found = items.find(tenant);
    return found == items.end() || slot >= found->second.size() ? 0 : found->second[slot];
  }
};

template <typename Map, typename Key>
std::uint64_t stamp_in(const Map& map, const Key& key) {
  const auto found = map.find(key);
  return found == map.end() ? 0 : found->second;
}

class RecordLoader {
 public:
  RecordLoader(Database& database, State& state, Stamps& stamps, const Progress& progress)
      : database_(database), state_(state), stamps_(stamps), progress_(progress) {}

  domain::Result<void> load() {
    const auto opened = database_.use();
    if (!opened) return std::unexpected(opened.error());
    std::uint64_t total = 0;
    opened->rocks().GetIntProperty(opened->family(Family::records), rocksdb::DB::Properties::kEstimateNumKeys,
                                   &total);
    const auto records = opened->scan(Family::records);
    std::uint64_t done = 0;
    for (records->SeekToFirst(); records->Valid(); records->Next()) {
      if (!load(records->key().ToStringView(), records->value().ToStringView())) {
        return domain::fail(domain::ErrorCode::unavailable,
                            fmt::format("record {:?} in {} is damaged", records->key().ToString(true),
                                        database_.directory().string()));
      }
      if (progress_ && ++done % records_between_progress == 0) progress_(done, std::max(done, total));
    }
    if (!records->status().ok()) {
      return std::unexpected(to_error("cannot read the records", records->status()));
    }
    return {};
  }

 private:
  bool load(std::string_view key, std::string_view value) {
    const auto parsed = keys::parse_record(key);
    if (!parsed) return false;
    switch (key.front()) {
      case keys::held_reservation_kind:
        return load_reservation(parsed->tenant, value);
      case keys::item_kind:
        return load_item(parsed->tenant, parsed->rest, value);
      case keys::key_kind:
        return load_key(value);
      case keys::tenant_kind:
        return load_tenant(value);
      case keys::warehouse_kind:
        return load_warehouse(parsed->tenant, value);
      default:
        return false;
    }
  }

  bool load_reservation(domain::TenantId tenant, std::string_view value) {
    auto record = decode_reservation(value);
    if (!record) return false;
    stamps_.reservations[{tenant, record->value.id}] = record->stamp;
    state_.put_reservation(state_.find_or_add(tenant),
                           std::make_shared<const domain::Reservation>(std::move(record->value)));
    return true;
  }

  bool load_item(domain::TenantId tenant_id, std::string_view sku, std::string_view value) {
    auto record = decode_item(sku, value);
    if (!record) return false;
    if (tenant_ == nullptr || tenant_->id != tenant_id) {
      tenant_ = &state_.find_or_add(tenant_id);
      item_stamps_ = &stamps_.items[tenant_id];
    }
    const auto slot = tenant_->items.add(sku);
    tenant_->items[slot].item = std::move(record->value);
    item_stamps_->push_back(record->stamp);
    return true;
  }

  bool load_key(std::string_view value) {
    const auto record = decode_key(value);
    if (!record) return false;
    stamps_.keys[record->value.id] = record->stamp;
    state_.directory.put(record->value);
    return true;
  }

  bool load_tenant(std::string_view value) {
    const auto record = decode_tenant(value);
    if (!record) return false;
    state_.directory.put(record->value);
    return true;
  }

  bool load_warehouse(domain::TenantId tenant_id, std::string_view value) {
    auto record = decode_warehouse(value);
    if (!record) return false;
    auto& tenant = state_.find_or_add(tenant_id);
    auto warehouses = std::make_shared<domain::Warehouses>(*tenant.warehouses);
    const auto number = static_cast<domain::WarehouseNumber>(warehouses->size());
    stamps_.warehouses[{tenant_id, number}] = record->stamp;
    warehouses->push_back(std::move(record->value));
    tenant.warehouses = std::move(warehouses);
    return true;
  }

  Database& database_;
  State& state_;
  Stamps& stamps_;
  const Progress& progress_;
  TenantState* tenant_ = nullptr;  // of the item before
  std::vector<std::uint64_t>* item_stamps_ = nullptr;
};

// Applies the events of the log to what was loaded, each only where it is not there yet.
class Replayer final : public domain::Editor {
 public:
  Replayer(State& state, const Stamps& stamps) : state_(state), stamps_(stamps) {}

  // False when the events do not fit the state.
  bool replay(CommitLog::Group group) {
    const auto number = state_.open_window().add_group(std::move(group.bytes));
    for (const auto& [commit, places] : group.commits) {
      tenant_id_ = commit.tenant;
      tenant_ = commit.tenant == domain::TenantId{} ? nullptr : &state_.find_or_add(commit.tenant);
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
    if (stamp_in(stamps_.keys, key.id) < sequence_) state_.directory.put(key);
  }

  // The directory shares its keys with readers, so the change is made to a copy, and put by note().
  domain::ApiKey* edit_key(domain::KeyId id) override {
    const auto key = state_.directory.find_key(id);
    if (key == nullptr || stamp_in(stamps_.keys, id) >= sequence_) return nullptr;
    edited_key_ = *key;
    return &*edited_key_;
  }

  void put_warehouse(domain::WarehouseNumber number, const domain::Warehouse& warehouse) override {
    fits_ = fits_ && tenant_ != nullptr && number <= tenant_->warehouses->size();
    if (!fits_) return;
    state_.open_window().add_warehouse(*tenant_, number);
    if (stamp_in(stamps_.warehouses, std::pair(tenant_id_, number)) >= sequence_) return;
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
      if (stamps_.of_item(tenant_id_, slot) >= sequence_) continue;
      ++item.version;
      item.updated_at = at;
    }
  }

  domain::Item* edit_item(std::string_view sku) override {
    fits_ = fits_ && tenant_ != nullptr;
    if (!fits_) return nullptr;
    const auto found = tenant_->items.find(sku);
    const auto slot = found ? *found : tenant_->items.add(sku);
    state_.mark_changed(*tenant_, slot);
    if (stamps_.of_item(tenant_id_, slot) >= sequence_) return nullptr;
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
  std::uint64_t reservation_stamp(domain::ReservationId id) const {
    return stamp_in(stamps_.reservations, std::pair(tenant_id_, id));
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
    if (const auto* adjusted = std::get_if<domain::StockAdjusted>(&event); adjusted != nullptr && fits_) {
      state_.add_line(*tenant_, *tenant_->items.find(adjusted->sku), sequence_, place);
      return;
    }
    state_.open_window().add_event({.previous = 0, .place = place});
    if (const auto* answer = std::get_if<domain::AnswerKept>(&event)) {
      state_.open_window().add_answer(tenant_id_, answer->key, place);
    }
  }

  State& state_;
  const Stamps& stamps_;
  domain::TenantId tenant_id_;
  TenantState* tenant_ = nullptr;  // null for commands of the host
  std::uint64_t sequence_ = 0;
  std::optional<domain::ApiKey> edited_key_;
  bool fits_ = true;
};

// False when a level stands in a warehouse that is not there.
bool build_index(TenantState& tenant, std::size_t loaded) {
  std::vector<SlotId> order(tenant.items.size());
  for (SlotId slot = 0; slot < order.size(); ++slot) order[slot] = slot;
  const ItemIndex::BySku by_sku{&tenant.items};
  // Records come in order; only what the log added has to be sorted.
  const auto middle = order.begin() + static_cast<std::ptrdiff_t>(loaded);
  std::sort(middle, order.end(), by_sku);
  std::inplace_merge(order.begin(), middle, order.end(), by_sku);
  for (const SlotId id : order) {
    Slot& slot = tenant.items[id];
    const bool is_known = std::ranges::all_of(slot.item.levels, [&](const domain::Level& level) {
      return level.warehouse < tenant.warehouses->size();
    });
    if (!is_known) return false;
    slot.status = domain::status_of(slot.item, *tenant.warehouses);
    if (!slot.item.is_deleted) tenant.index.append(id, slot.status, slot.item.levels);
  }
  return true;
}

}  // namespace

domain::Result<void> recover(Database& database, CommitLog& log, State& state, std::uint64_t window_events,
                             const Progress& progress) {
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
  state.windows.push_back(std::make_shared<Window>(window_events));
  state.open_window().begin_at(state.last_sequence + 1);

  Stamps stamps;
  if (auto loaded = RecordLoader(database, state, stamps, progress).load(); !loaded) return loaded;
  crash_point("start.loaded");

  const auto misfit = [&] {
    return domain::fail(domain::ErrorCode::unavailable,
                        fmt::format("the commit log in {} does not fit the records at sequence {}",
                                    database.directory().string(), state.last_sequence + 1));
  };
  Replayer replayer(state, stamps);
  const auto replayed =
      log.replay(state.last_sequence + 1, [&](CommitLog::Group group) -> domain::Result<void> {
        if (!replayer.replay(std::move(group))) return misfit();
        return {};
      });
  if (!replayed) return replayed;
  crash_point("start.replayed");

  for (auto& [id, tenant] : state.tenants) {
    const auto loaded = stamps.items.find(id);
    if (!build_index(*tenant, loaded == stamps.items.end() ? 0 : loaded->second.size())) return misfit();
  }
  return {};
}

}  // namespace nexus::store::embedded
