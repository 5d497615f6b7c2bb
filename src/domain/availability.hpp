#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

#include "domain/item.hpp"
#include "domain/warehouse.hpp"

namespace nexus::domain {

enum class Status : std::uint8_t { normal, low, critical, out_of_stock };

inline constexpr std::size_t status_count = 4;

// As the API spells it: normal, low, critical, out_of_stock.
std::string_view name(Status status);
std::optional<Status> parse_status(std::string_view text);

struct Totals {
  Quantity on_hand = 0;    // over all warehouses, inactive ones too
  Quantity reserved = 0;   // likewise
  Quantity available = 0;  // max(0, on_hand − reserved − safety_stock) over the active ones
};

Totals totals(const Item& item, const Warehouses& warehouses);

// By total available: out_of_stock at 0, critical and low up to their thresholds, else normal.
Status status_of(const Item& item, Quantity total_available);
Status status_of(const Item& item, const Warehouses& warehouses);

// What each level of `item` has available; the rows add up to totals().available.
//
// Source: API.md section 2. A row's own is max(0, on_hand − reserved). Withheld in all is the safety stock
// plus the deficit of every active warehouse that has more reserved than on hand; it is taken first from
// writable warehouses in the order of their creation, then from read-only ones, each down to zero at most.
// Nothing of an inactive one counts.
//
// Calls `row(const Level&, Quantity available)` for each level, in order.
template <typename Row>
void for_each_row(const Item& item, const Warehouses& warehouses, Row&& row) {
  Quantity withheld = item.safety_stock;
  Quantity writable = 0;
  for (const Level& level : item.levels) {
    const Warehouse& warehouse = warehouses[level.warehouse];
    if (!warehouse.is_active) continue;
    const Quantity own = level.on_hand - level.reserved;
    if (own < 0) withheld -= own;
    if (own > 0 && !warehouse.is_readonly()) writable += own;
  }
  Quantity from_writable = withheld < writable ? withheld : writable;
  Quantity from_readonly = withheld - from_writable;
  for (const Level& level : item.levels) {
    const Warehouse& warehouse = warehouses[level.warehouse];
    Quantity available = level.on_hand - level.reserved;
    if (!warehouse.is_active || available < 0) available = 0;
    Quantity& rest = warehouse.is_readonly() ? from_readonly : from_writable;
    const Quantity taken = rest < available ? rest : available;
    rest -= taken;
    row(level, available - taken);
  }
}

}  // namespace nexus::domain
