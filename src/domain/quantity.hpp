#pragma once

#include <cstdint>

namespace nexus::domain {

// Pieces of stock. Signed, so that differences are quantities too.
using Quantity = std::int64_t;

// The largest stock, safety stock or threshold that may stand anywhere. A thousand warehouses of it still add
// up within 64 bits.
inline constexpr Quantity quantity_max = 1'000'000'000'000;

}  // namespace nexus::domain
