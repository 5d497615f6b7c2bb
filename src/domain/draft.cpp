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

std::size_t Draft::find_own(std::uint64_t mark, std::string_view sku) const {
  if (items_.empty()) return 0;
  if (items_.size() == 1) {
    const bool is_it = marks_.front() == mark && (mark != 0 || items_.front()->sku == sku);
    return is_it ? 0 : 1;
  }
  if (mark != 0) {
    const auto own = item_by_mark_.find(mark);
    return own == item_by_mark_.end() ? items_.size() : own->second;
  }
  const auto own = item_by_sku_.find(sku);
  return own == item_by_sku_.end() ? items_.size() : own->second;
}

FoundItem Draft::look_up_item(std::string_view sku) const {
  last_ = below_->look_up_item(sku);
  last_own_ = find_own(last_.mark, sku);
  if (last_own_ < items_.size()) last_.item = items_[last_own_].get();
  return last_;
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
  if (last_.item == nullptr || last_.item->sku != sku) look_up_item(sku);
  if (last_own_ < items_.size()) return items_[last_own_].get();
  if (last_.item != nullptr) return put_item(std::make_unique<Item>(*last_.item), last_.mark);
  return put_item(std::make_unique<Item>(Item{.sku = std::string(sku)}), 0);
}

Item* Draft::put_item(std::unique_ptr<Item> item, std::uint64_t mark) {
  const auto name = [&](std::size_t at) {
    if (marks_[at] != 0) {
      item_by_mark_.emplace(marks_[at], at);
    } else {
      item_by_sku_.emplace(items_[at]->sku, at);
    }
  };
  items_.push_back(std::move(item));
  marks_.push_back(mark);
  if (items_.size() == 2) name(0);
  if (items_.size() >= 2) name(items_.size() - 1);
  return items_.back().get();
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
  marks_.reserve(count);
  item_by_mark_.reserve(count);
}

void Draft::absorb(Draft&& above) {
  last_ = {};
  if (items_.empty()) {
    items_.swap(above.items_);
    marks_.swap(above.marks_);
    item_by_mark_.swap(above.item_by_mark_);
    item_by_sku_.swap(above.item_by_sku_);
  }
  for (std::size_t i = 0; i < above.items_.size(); ++i) {
    auto& item = above.items_[i];
    const auto own = find_own(above.marks_[i], item->sku);
    if (own == items_.size()) {
      put_item(std::move(item), above.marks_[i]);
      continue;
    }
    // The table's name for it lives in the copy that goes.
    const bool has_name = above.marks_[i] == 0 && item_by_sku_.erase(items_[own]->sku) > 0;
    items_[own] = std::move(item);
    if (has_name) item_by_sku_.emplace(items_[own]->sku, own);
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
