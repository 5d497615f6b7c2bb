#include "store/postgres/warehouse_cache.hpp"

#include <algorithm>

namespace nexus::store::postgres {

bool TenantWarehouses::agree_with(const ItemRow& row) const {
  return revision >= row.warehouses_revision &&
         std::ranges::all_of(row.item.levels, [&](const domain::Level& level) {
           return revisions[level.warehouse] <= row.warehouses_revision;
         });
}

TenantWarehousesPtr WarehouseCache::find(domain::TenantId tenant) const {
  static const auto none = std::make_shared<const TenantWarehouses>();
  const auto found = tenants_.find(tenant);
  return found == tenants_.end() ? none : found->second;
}

TenantWarehousesPtr WarehouseCache::update(domain::TenantId tenant, const Rows& changed) {
  auto known = find(tenant);
  if (changed.empty()) return known;
  auto next = std::make_shared<TenantWarehouses>(*known);
  auto list = std::make_shared<domain::Warehouses>(*known->list);
  for (std::size_t row = 0; row < changed.size(); ++row) {
    const auto number = static_cast<std::size_t>(changed.integer(row, 0));
    const auto revision = static_cast<std::uint64_t>(changed.integer(row, 7));
    next->revision = std::max(next->revision, revision);
    if (number == list->size()) {
      list->push_back(read_warehouse(changed, row));
      next->revisions.push_back(revision);
    } else if (next->revisions.at(number) < revision) {
      list->at(number) = read_warehouse(changed, row);
      next->revisions[number] = revision;
    }
  }
  next->list = std::move(list);
  tenants_[tenant] = next;
  return next;
}

}  // namespace nexus::store::postgres
