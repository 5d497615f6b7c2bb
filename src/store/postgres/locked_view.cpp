#include "store/postgres/locked_view.hpp"

#include <algorithm>
#include <stdexcept>

namespace nexus::store::postgres {

using namespace domain;

void LockedView::expect_items(const std::vector<std::string>& skus) {
  items_.reserve(skus.size());
  for (const auto& sku : skus) items_.try_emplace(sku);
}

void LockedView::add_items(const Rows& rows) {
  for (std::size_t row = 0; row < rows.size(); ++row) {
    auto item = std::make_unique<ItemRow>(read_item(rows, row));
    last_sequence_ = std::max(last_sequence_, item->sequence);
    last_change_ = std::max(last_change_, item->item.updated_at);
    items_[item->item.sku] = std::move(item);
  }
}

void LockedView::add_reservations(const Rows& rows) {
  for (std::size_t row = 0; row < rows.size(); ++row) {
    reservations_.push_back(postgres::read_reservation(rows, row));
    last_change_ = std::max(last_change_, reservations_.back()->created_at);
  }
}

void LockedView::add_held(const Rows& rows) {
  for (std::size_t row = 0; row < rows.size(); ++row) held_.push_back(postgres::read_reservation(rows, row));
}

void LockedView::add_answers(const Rows& rows, Time now) {
  for (std::size_t row = 0; row < rows.size(); ++row) {
    auto answer = read_answer(rows, row);
    if (now < answer->expires_at) answers_.push_back(std::move(answer));
  }
}

void LockedView::add_tenants(const Rows& rows) {
  for (std::size_t row = 0; row < rows.size(); ++row) tenants_.push_back(read_tenant(rows, row));
}

void LockedView::add_keys(const Rows& rows) {
  for (std::size_t row = 0; row < rows.size(); ++row) keys_.push_back(read_key(rows, row));
}

// A new warehouse's id is later than those of all before it, whichever node made them: they are found by
// that.
void LockedView::set_warehouses(TenantWarehousesPtr warehouses) {
  warehouses_ = std::move(warehouses);
  if (warehouses_->list->empty()) return;
  const auto& newest = warehouses_->list->back().id.value;
  last_sequence_ = std::max(last_sequence_, newest.sequence());
  last_change_ = std::max(last_change_, newest.at());
}

const ItemRow* LockedView::find_row(std::string_view sku) const {
  const auto found = items_.find(sku);
  if (found == items_.end()) throw std::logic_error("an item is looked at that was not locked");
  return found->second.get();
}

const Tenant* LockedView::find_tenant(std::string_view name) const {
  const auto found = std::ranges::find(tenants_, name, &Tenant::name);
  return found == tenants_.end() ? nullptr : &*found;
}

const Tenant* LockedView::find_tenant(TenantId id) const {
  const auto found = std::ranges::find(tenants_, id, &Tenant::id);
  return found == tenants_.end() ? nullptr : &*found;
}

const ApiKey* LockedView::find_key(KeyId id) const {
  const auto found = std::ranges::find(keys_, id, &ApiKey::id);
  return found == keys_.end() ? nullptr : &*found;
}

FoundItem LockedView::look_up_item(std::string_view sku) const {
  const ItemRow* row = find_row(sku);
  return FoundItem::by_address(row == nullptr ? nullptr : &row->item);
}

ReservationPtr LockedView::find_reservation(ReservationId id) const {
  const auto found = std::ranges::find(reservations_, id, [](const auto& each) { return each->id; });
  return found == reservations_.end() ? nullptr : *found;
}

ReservationPtr LockedView::find_held(std::string_view reference) const {
  const auto found = std::ranges::find(held_, reference, [](const auto& each) { return each->reference; });
  return found == held_.end() ? nullptr : *found;
}

AnswerPtr LockedView::find_answer(std::string_view key) const {
  const auto found = std::ranges::find(answers_, key, [](const auto& each) { return each->key; });
  return found == answers_.end() ? nullptr : *found;
}

}  // namespace nexus::store::postgres
