#include "domain/warehouse.hpp"

#include <algorithm>

namespace nexus::domain {

std::string_view name(WarehouseType type) {
  switch (type) {
    case WarehouseType::own:
      return "own";
    case WarehouseType::third_party:
      return "3PL";
    case WarehouseType::fba:
      return "FBA";
    case WarehouseType::fbs:
      return "FBS";
  }
  return "own";
}

std::optional<WarehouseType> parse_warehouse_type(std::string_view text) {
  for (const auto type :
       {WarehouseType::own, WarehouseType::third_party, WarehouseType::fba, WarehouseType::fbs}) {
    if (name(type) == text) return type;
  }
  return std::nullopt;
}

std::optional<WarehouseNumber> find_warehouse(const Warehouses& warehouses, WarehouseId id) {
  // Ids sort by creation, and that is the order of the vector.
  const auto found = std::ranges::lower_bound(warehouses, id, {}, &Warehouse::id);
  if (found == warehouses.end() || found->id != id) return std::nullopt;
  return static_cast<WarehouseNumber>(found - warehouses.begin());
}

}  // namespace nexus::domain
