#pragma once

#include <algorithm>
#include <array>
#include <bit>
#include <cstdint>
#include <cstring>
#include <string_view>

namespace nexus::store::embedded {

// The first bytes of a SKU, zeros behind it, to be compared all at once.
using SkuStart = std::array<std::uint64_t, 2>;

inline SkuStart start_of(std::string_view sku) {
  SkuStart start{};
  if (!sku.empty()) std::memcpy(start.data(), sku.data(), std::min(sku.size(), sizeof start));
  return start;
}

// As numbers that compare as the bytes do. SKUs whose numbers are the same may differ behind them.
inline SkuStart in_order_of_bytes(SkuStart start) {
  if constexpr (std::endian::native == std::endian::little) {
    for (auto& word : start) word = __builtin_bswap64(word);
  }
  return start;
}

}  // namespace nexus::store::embedded
