#pragma once

#include <cstdint>
#include <memory>
#include <vector>

#include <boost/unordered/unordered_flat_map.hpp>

#include "domain/ids.hpp"
#include "domain/warehouse.hpp"
#include "store/postgres/rows.hpp"

namespace nexus::store::postgres {

// A tenant's warehouses as they were after so many changes. Never changed once shared.
struct TenantWarehouses {
  domain::WarehousesPtr list = std::make_shared<domain::Warehouses>();
  std::vector<std::uint64_t> revisions;  // of each one's last change
  std::uint64_t revision = 0;
  std::uint64_t generation = 0;  // of the cache that it is from

  // Whether the item's row and these are of one moment, as far as the item shows them: a change of a
  // warehouse touches every item in it.
  bool agree_with(const ItemRow& row) const;
};

using TenantWarehousesPtr = std::shared_ptr<const TenantWarehouses>;

// What the node has seen of the tenants' warehouses. Only grows, by what was read of what is committed;
// whoever needs to know that it is current asks for what changed since. A failover can lose what was read, so
// that nothing is known any more once a connection is a new one.
class WarehouseCache {
 public:
  // Never null.
  TenantWarehousesPtr find(domain::TenantId tenant) const;

  // Takes in what statements::warehouses_since gave for the revision of `known`. Null when everything was
  // forgotten meanwhile: ask again.
  TenantWarehousesPtr update(domain::TenantId tenant, const TenantWarehousesPtr& known, const Rows& changed);

  void forget();

 private:
  std::uint64_t generation_ = 0;
  TenantWarehousesPtr none_ = std::make_shared<const TenantWarehouses>();
  boost::unordered_flat_map<domain::TenantId, TenantWarehousesPtr, domain::IdHash> tenants_;
};

}  // namespace nexus::store::postgres
