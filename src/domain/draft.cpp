#include "domain/draft.hpp"

#include <algorithm>

namespace nexus::domain {

const Tenant* Draft::find_tenant(std::string_view name) const {
  for (const auto& tenant : tenants_) {
    if (tenant->name == name) return tenant.get();
  }
  return below_->find_tenant(name);
}

const Tenant* Draft::find_tenant(TenantId id) const {
  for (const auto& tenant : tenants_) {
    if (tenant->id == id) return tenant.get();
  }
  return below_->find_tenant(id);
}

const ApiKey* Draft::find_key(KeyId id) const {
  for (const auto& key : keys_) {
    if (key->id == id) return key.get();
  }
  return below_->find_key(id);
}

const Item* Draft::find_item(std::string_view sku) const {
  const auto own = item_by_sku_.find(sku);
  return own == item_by_sku_.end() ? below_->find_item(sku) : items_[own->second].get();
}

WarehousesPtr Draft::warehouses() const {
  return warehouses_ ? warehouses_ : below_->warehouses();
}

ReservationPtr Draft::find_reservation(ReservationId id) const {
  const auto own = reservation_by_id_.find(id);
  return own == reservation_by_id_.end() ? below_->find_reservation(id) : reservations_[own->second];
}

ReservationPtr Draft::find_held(std::string_view reference) const {
  if (const auto own = held_by_reference_.find(reference); own != held_by_reference_.end()) {
    return reservations_[own->second];
  }
  auto held = below_->find_held(reference);
  // One that is held below may have been closed here.
  return held != nullptr && reservation_by_id_.contains(held->id) ? nullptr : held;
}

AnswerPtr Draft::find_answer(std::string_view key) const {
  const auto own = answer_by_key_.find(key);
  return own == answer_by_key_.end() ? below_->find_answer(key) : answers_[own->second];
}

void Draft::put_tenant(const Tenant& tenant) {
  tenants_.push_back(std::make_unique<Tenant>(tenant));
}

void Draft::put_key(const ApiKey& key) {
  keys_.push_back(std::make_unique<ApiKey>(key));
}

ApiKey* Draft::edit_key(KeyId id) {
  const auto own = std::ranges::find_if(keys_, [&](const auto& key) { return key->id == id; });
  if (own != keys_.end()) return own->get();
  const ApiKey* below = below_->find_key(id);
  if (below == nullptr) return nullptr;
  return keys_.emplace_back(std::make_unique<ApiKey>(*below)).get();
}

void Draft::put_warehouse(WarehouseNumber number, const Warehouse& warehouse) {
  auto next = std::make_shared<Warehouses>(*warehouses());
  if (number == next->size()) {
    next->push_back(warehouse);
  } else {
    next->at(number) = warehouse;
  }
  warehouses_ = std::move(next);
}

void Draft::touch_items_of(WarehouseNumber number, Time at) {
  touched_.push_back({number, at});
}

Item* Draft::edit_item(std::string_view sku) {
  if (const auto own = item_by_sku_.find(sku); own != item_by_sku_.end()) return items_[own->second].get();
  const Item* below = below_->find_item(sku);
  auto item = below == nullptr ? std::make_unique<Item>() : std::make_unique<Item>(*below);
  if (below == nullptr) item->sku = sku;
  Item* edited = item.get();
  put_item(std::move(item));
  return edited;
}

void Draft::put_item(std::unique_ptr<Item> item) {
  item_by_sku_.emplace(item->sku, items_.size());
  items_.push_back(std::move(item));
}

ReservationPtr Draft::reservation_to_edit(ReservationId id) {
  return find_reservation(id);
}

void Draft::put_reservation(ReservationPtr reservation) {
  const auto [own, is_new] = reservation_by_id_.try_emplace(reservation->id, reservations_.size());
  if (is_new) {
    reservations_.push_back(reservation);
  } else {
    // The key of the reference table lives in the version that is about to go.
    held_by_reference_.erase(reservations_[own->second]->reference);
    reservations_[own->second] = reservation;
  }
  if (reservation->status == ReservationStatus::held) {
    held_by_reference_[reservation->reference] = own->second;
  }
}

void Draft::keep_answer(const AnswerKept& answer) {
  auto kept = std::make_shared<AnswerKept>(answer);
  answer_by_key_[kept->key] = answers_.size();
  answers_.push_back(std::move(kept));
}

void Draft::reserve_items(std::size_t count) {
  items_.reserve(count);
  item_by_sku_.reserve(count);
}

void Draft::absorb(Draft&& above) {
  if (items_.empty()) {
    items_.swap(above.items_);
    item_by_sku_.swap(above.item_by_sku_);
  }
  for (auto& item : above.items_) {
    const auto own = item_by_sku_.find(std::string_view(item->sku));
    if (own == item_by_sku_.end()) {
      put_item(std::move(item));
    } else {
      // The table's name for it lives in the copy that goes.
      const auto place = own->second;
      item_by_sku_.erase(own);
      items_[place] = std::move(item);
      item_by_sku_.emplace(items_[place]->sku, place);
    }
  }
  for (auto& reservation : above.reservations_) put_reservation(std::move(reservation));
  for (auto& answer : above.answers_) {
    answer_by_key_[answer->key] = answers_.size();
    answers_.push_back(std::move(answer));
  }
  for (auto& tenant : above.tenants_) tenants_.push_back(std::move(tenant));
  for (auto& key : above.keys_) {
    if (ApiKey* own = edit_key(key->id)) {
      *own = *key;
    } else {
      keys_.push_back(std::move(key));
    }
  }
  touched_.insert(touched_.end(), above.touched_.begin(), above.touched_.end());
  if (above.warehouses_) warehouses_ = std::move(above.warehouses_);
}

}  // namespace nexus::domain
