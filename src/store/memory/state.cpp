#include "store/memory/state.hpp"

#include <algorithm>

namespace nexus::store::memory {

using namespace domain;

namespace {

template <typename Map, typename Key>
auto* find_in(Map& map, const Key& key) {
  const auto found = map.find(key);
  return found == map.end() ? nullptr : &found->second;
}

template <typename Map, typename Key>
typename Map::mapped_type pointer_in(const Map& map, const Key& key) {
  const auto found = map.find(key);
  return found == map.end() ? nullptr : found->second;
}

}  // namespace

const Tenant* State::find_tenant(std::string_view name) const {
  const auto found =
      std::ranges::find_if(tenants_, [&](const auto& entry) { return entry.second.name == name; });
  return found == tenants_.end() ? nullptr : &found->second;
}

const Tenant* State::find_tenant(TenantId id) const {
  return find_in(tenants_, id);
}

const ApiKey* State::find_key(KeyId id) const {
  return find_in(keys_, id);
}

FoundItem State::look_up_item(std::string_view sku) const {
  return FoundItem::by_address(find_in(items_, sku));
}

WarehousesPtr State::warehouses() const {
  return warehouses_;
}

ReservationPtr State::find_reservation(ReservationId id) const {
  return pointer_in(reservations_, id);
}

ReservationPtr State::find_held(std::string_view reference) const {
  return pointer_in(held_, reference);
}

AnswerPtr State::find_answer(std::string_view key) const {
  return pointer_in(answers_, key);
}

void State::put_tenant(const Tenant& tenant) {
  tenants_[tenant.id] = tenant;
}

void State::put_key(const ApiKey& key) {
  keys_[key.id] = key;
}

ApiKey* State::edit_key(KeyId id) {
  return find_in(keys_, id);
}

void State::put_warehouse(WarehouseNumber number, const Warehouse& warehouse) {
  auto next = std::make_shared<Warehouses>(*warehouses_);
  if (number == next->size()) {
    next->push_back(warehouse);
  } else {
    next->at(number) = warehouse;
  }
  warehouses_ = std::move(next);
}

void State::touch_items_of(WarehouseNumber number, Time at) {
  for (auto& [sku, item] : items_) {
    if (item.find_level(number) == nullptr) continue;
    ++item.version;
    item.updated_at = at;
  }
}

Item* State::edit_item(std::string_view sku) {
  auto found = items_.find(sku);
  if (found == items_.end()) {
    found = items_.emplace(sku, Item{}).first;
    found->second.sku = sku;
  }
  return &found->second;
}

ReservationPtr State::reservation_to_edit(ReservationId id) {
  return find_reservation(id);
}

void State::put_reservation(ReservationPtr reservation) {
  if (reservation->status == ReservationStatus::held) {
    held_[reservation->reference] = reservation;
  } else {
    held_.erase(reservation->reference);
  }
  const auto id = reservation->id;
  reservations_[id] = std::move(reservation);
}

void State::keep_answer(const AnswerKept& answer) {
  answers_[answer.key] = std::make_shared<AnswerKept>(answer);
}

void State::forget_answers(Time now) {
  std::erase_if(answers_, [&](const auto& entry) { return entry.second->expires_at <= now; });
}

}  // namespace nexus::store::memory
