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
  const auto found = tenants_.find(tenant);
  return found == tenants_.end() ? none_ : found->second;
}

TenantWarehousesPtr WarehouseCache::update(domain::TenantId tenant, const TenantWarehousesPtr& known,
                                           const Rows& changed) {
  if (known->generation != generation_) return nullptr;
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
    } else {
      list->at(number) = read_warehouse(changed, row);
      next->revisions[number] = revision;
    }
  }
  next->list = std::move(list);
  // Another one may have read more by now.
  if (find(tenant)->revision < next->revision) tenants_[tenant] = next;
  return next;
}

void WarehouseCache::forget() {
  tenants_.clear();
  auto none = std::make_shared<TenantWarehouses>();
  none->generation = ++generation_;
  none_ = std::move(none);
}

}  // namespace nexus::store::postgres
