#include "store/item_check.hpp"

#include <utility>

namespace nexus::store {

LedgerAddition::LedgerAddition(const domain::Item& item) : version_(item.version + 1) {
  for (const auto& level : item.levels) stands_[level.warehouse] = level.on_hand;
}

void LedgerAddition::add(const Adjustment& line) {
  const auto name = "line " + std::to_string(line.sequence);
  auto& stands = stands_[line.warehouse];
  if (line.after != stands) {
    complain(name + " leaves " + std::to_string(line.after) + " on hand in warehouse " +
             std::to_string(line.warehouse) + ", and " + std::to_string(stands) + " follows");
  }
  stands = line.before;
  if (line.version >= version_) {
    complain(name + " has version " + std::to_string(line.version) + ", and " + std::to_string(version_ - 1) +
             " follows");
  }
  version_ = line.version;
  if (newer_at_ && line.at > *newer_at_) complain(name + " is younger than the next");
  newer_at_ = line.at;
  ++lines_;
}

void LedgerAddition::finish() {
  for (const auto& [warehouse, stands] : stands_) {
    if (stands == 0) continue;
    complain("the first line in warehouse " + std::to_string(warehouse) + " begins with " +
             std::to_string(stands));
  }
}

std::vector<std::string> reserved_complaints(const domain::Item& item, const domain::Warehouses& warehouses,
                                             std::map<domain::WarehouseNumber, domain::Quantity> held) {
  std::vector<std::string> complaints;
  for (const auto& level : item.levels) {
    if (warehouses[level.warehouse].is_readonly()) continue;
    const auto expected = std::exchange(held[level.warehouse], 0);
    if (level.reserved == expected) continue;
    complaints.push_back(std::to_string(level.reserved) + " reserved in warehouse " +
                         std::to_string(level.warehouse) + ", and " + std::to_string(expected) + " held");
  }
  for (const auto& [warehouse, quantity] : held) {
    if (quantity == 0) continue;
    complaints.push_back(std::to_string(quantity) + " held in warehouse " + std::to_string(warehouse) +
                         " without a level");
  }
  return complaints;
}

}  // namespace nexus::store
