#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "domain/ids.hpp"

namespace nexus::domain {

enum class WarehouseType : std::uint8_t { own, third_party, fba, fbs };

// As the API spells it: own, 3PL, FBA, FBS.
std::string_view name(WarehouseType type);
std::optional<WarehouseType> parse_warehouse_type(std::string_view text);

// A warehouse's place in the order in which its tenant's warehouses were made, from 0. It is how levels name
// it.
using WarehouseNumber = std::uint32_t;

// How many warehouses one tenant may have.
inline constexpr std::size_t warehouses_max = 1000;

struct Warehouse {
  WarehouseId id;
  std::string name;
  WarehouseType type = WarehouseType::own;
  std::optional<std::string> address;
  std::optional<std::string> marketplace;
  bool is_active = true;

  // FBA and FBS stock is the marketplace's word: it arrives by sync and nothing else writes it.
  bool is_readonly() const { return type == WarehouseType::fba || type == WarehouseType::fbs; }
};

// All warehouses of a tenant by number, oldest first. Never changed once shared.
using Warehouses = std::vector<Warehouse>;
using WarehousesPtr = std::shared_ptr<const Warehouses>;

std::optional<WarehouseNumber> find_warehouse(const Warehouses& warehouses, WarehouseId id);

}  // namespace nexus::domain
