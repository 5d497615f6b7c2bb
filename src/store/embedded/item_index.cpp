#include "store/embedded/item_index.hpp"

namespace nexus::store::embedded {

ItemIndex::ItemIndex(const ItemTable& table) : table_(&table), by_status_(make_sets()) {}

ItemIndex::ByStatus ItemIndex::make_sets() const {
  const auto empty = [this] { return Ordered(BySku{table_}); };
  return {empty(), empty(), empty(), empty()};
}

ItemIndex::Ordered& ItemIndex::of_warehouse(domain::WarehouseNumber warehouse, domain::Status status) {
  while (by_warehouse_.size() <= warehouse) by_warehouse_.push_back(make_sets());
  return by_warehouse_[warehouse][static_cast<std::size_t>(status)];
}

void ItemIndex::insert(SlotId id, domain::Status status, const std::vector<domain::Level>& levels) {
  by_status_[static_cast<std::size_t>(status)].insert(id);
  for (const auto& level : levels) of_warehouse(level.warehouse, status).insert(id);
}

void ItemIndex::erase(SlotId id, domain::Status status, const std::vector<domain::Level>& levels) {
  by_status_[static_cast<std::size_t>(status)].erase(id);
  for (const auto& level : levels) of_warehouse(level.warehouse, status).erase(id);
}

void ItemIndex::append(SlotId id, domain::Status status, const std::vector<domain::Level>& levels) {
  append_by_status(id, status);
  append_by_warehouse(id, status, levels);
}

void ItemIndex::append_by_status(SlotId id, domain::Status status) {
  auto& set = by_status_[static_cast<std::size_t>(status)];
  set.insert(set.end(), id);
}

void ItemIndex::append_by_warehouse(SlotId id, domain::Status status,
                                    const std::vector<domain::Level>& levels) {
  for (const auto& level : levels) {
    auto& set = of_warehouse(level.warehouse, status);
    set.insert(set.end(), id);
  }
}

std::uint64_t ItemIndex::size() const {
  std::uint64_t size = 0;
  for (const auto& set : by_status_) size += set.size();
  return size;
}

std::vector<const ItemIndex::Ordered*> ItemIndex::select(
    StatusSet statuses, std::optional<domain::WarehouseNumber> warehouse) const {
  std::vector<const Ordered*> sets;
  if (warehouse && *warehouse >= by_warehouse_.size()) return sets;
  const ByStatus& all = warehouse ? by_warehouse_[*warehouse] : by_status_;
  for (std::size_t i = 0; i < all.size(); ++i) {
    if (statuses.contains(static_cast<domain::Status>(i)) && !all[i].empty()) sets.push_back(&all[i]);
  }
  return sets;
}

MergedItems::MergedItems(const std::vector<const ItemIndex::Ordered*>& sets, const ItemTable& table,
                         std::string_view after)
    : table_(table) {
  cursors_.reserve(sets.size());
  for (const auto* set : sets) {
    const auto at = after.empty() ? set->begin() : set->upper_bound(after);
    if (at != set->end()) cursors_.push_back({at, set->end()});
  }
}

std::optional<SlotId> MergedItems::next() {
  if (cursors_.empty()) return std::nullopt;
  auto least = cursors_.begin();
  for (auto other = least + 1; other != cursors_.end(); ++other) {
    if (table_[*other->at].item.sku < table_[*least->at].item.sku) least = other;
  }
  const SlotId id = *least->at;
  if (++least->at == least->end) cursors_.erase(least);
  return id;
}

}  // namespace nexus::store::embedded
