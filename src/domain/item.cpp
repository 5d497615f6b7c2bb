#include "domain/item.hpp"

#include <algorithm>

namespace nexus::domain {

const Level* Item::find_level(WarehouseNumber warehouse) const {
  const auto found = std::ranges::find(levels, warehouse, &Level::warehouse);
  return found == levels.end() ? nullptr : &*found;
}

Level& Item::level(WarehouseNumber warehouse) {
  auto at = std::ranges::lower_bound(levels, warehouse, {}, &Level::warehouse);
  if (at == levels.end() || at->warehouse != warehouse) {
    // Doubling would leave half of a million small vectors empty.
    if (levels.size() == levels.capacity()) {
      const auto offset = at - levels.begin();
      levels.reserve(levels.size() + 1);
      at = levels.begin() + offset;
    }
    at = levels.insert(at, Level{.warehouse = warehouse});
  }
  return *at;
}

}  // namespace nexus::domain
