#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "domain/quantity.hpp"
#include "domain/shared_text.hpp"
#include "domain/time.hpp"
#include "domain/warehouse.hpp"

namespace nexus::domain {

// What one SKU has in one warehouse.
struct Level {
  WarehouseNumber warehouse = 0;
  Quantity on_hand = 0;
  Quantity reserved = 0;
  Time updated_at;

  bool operator==(const Level&) const = default;
};

// A threshold that may be left to its default. Half the size of a std::optional, and there are two in every
// item.
class Threshold {
 public:
  Threshold() = default;
  explicit Threshold(Quantity value) : value_(value) {}

  bool is_default() const { return value_ < 0; }
  Quantity value_or(Quantity fallback) const { return is_default() ? fallback : value_; }

  bool operator==(const Threshold&) const = default;

 private:
  Quantity value_ = -1;
};

// One SKU of a tenant, with what stands of it where.
struct Item {
  std::string sku;
  SharedText title;
  Quantity safety_stock = 0;
  Threshold low_threshold;
  Threshold critical_threshold;
  std::uint64_t version = 0;  // 1 when made, one more with every change of the record
  Time updated_at;
  std::vector<Level> levels;  // by warehouse number, so in the order of the warehouses' creation
  // A deleted SKU is unknown to everyone, but its version goes on if it is made again, so that no old ETag
  // comes true.
  bool is_deleted = false;

  Quantity effective_critical_threshold() const { return critical_threshold.value_or(safety_stock); }
  Quantity effective_low_threshold() const { return low_threshold.value_or(2 * safety_stock); }

  // Null when nothing was ever counted there.
  const Level* find_level(WarehouseNumber warehouse) const;
  // Makes an empty level where there is none.
  Level& level(WarehouseNumber warehouse);

  bool operator==(const Item&) const = default;
};

}  // namespace nexus::domain
