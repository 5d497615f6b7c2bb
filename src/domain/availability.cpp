#include "domain/availability.hpp"

#include <algorithm>

namespace nexus::domain {

std::string_view name(Status status) {
  switch (status) {
    case Status::normal:
      return "normal";
    case Status::low:
      return "low";
    case Status::critical:
      return "critical";
    case Status::out_of_stock:
      return "out_of_stock";
  }
  return "normal";
}

std::optional<Status> parse_status(std::string_view text) {
  for (const auto status : {Status::normal, Status::low, Status::critical, Status::out_of_stock}) {
    if (name(status) == text) return status;
  }
  return std::nullopt;
}

Totals totals(const Item& item, const Warehouses& warehouses) {
  Totals sum;
  Quantity active = 0;
  for (const Level& level : item.levels) {
    sum.on_hand += level.on_hand;
    sum.reserved += level.reserved;
    if (warehouses[level.warehouse].is_active) active += level.on_hand - level.reserved;
  }
  sum.available = std::max<Quantity>(0, active - item.safety_stock);
  return sum;
}

Status status_of(const Item& item, Quantity total_available) {
  if (total_available == 0) return Status::out_of_stock;
  if (total_available <= item.effective_critical_threshold()) return Status::critical;
  if (total_available <= item.effective_low_threshold()) return Status::low;
  return Status::normal;
}

Status status_of(const Item& item, const Warehouses& warehouses) {
  return status_of(item, totals(item, warehouses).available);
}

}  // namespace nexus::domain
