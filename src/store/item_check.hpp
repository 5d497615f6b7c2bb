#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "domain/item.hpp"
#include "domain/warehouse.hpp"
#include "store/queries.hpp"

namespace nexus::store {

// What the lines of one item add up to, taken newest first: each must end where the younger one began.
class LedgerAddition {
 public:
  explicit LedgerAddition(const domain::Item& item);

  void add(const Adjustment& line);
  void finish();

  std::uint64_t lines() const { return lines_; }
  const std::vector<std::string>& complaints() const { return complaints_; }

 private:
  void complain(std::string what) { complaints_.push_back(std::move(what)); }

  std::uint64_t version_;
  std::map<domain::WarehouseNumber, domain::Quantity> stands_;
  std::optional<domain::Time> newer_at_;
  std::uint64_t lines_ = 0;
  std::vector<std::string> complaints_;
};

// What does not agree between an item's levels and what reservations hold of it, by warehouse. In read-only
// warehouses it is the marketplace that reserves.
std::vector<std::string> reserved_complaints(const domain::Item& item, const domain::Warehouses& warehouses,
                                             std::map<domain::WarehouseNumber, domain::Quantity> held);

}  // namespace nexus::store
