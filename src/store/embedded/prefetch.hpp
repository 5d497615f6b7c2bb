#pragma once

#include <cstddef>

namespace nexus::store::embedded {

// Has the processor fetch the bytes into its nearest cache without waiting for them.
inline void prefetch_bytes(const void* begin, std::size_t size) {
  constexpr std::size_t cache_line = 64;
  const auto* bytes = static_cast<const char*>(begin);
  for (std::size_t at = 0; at < size; at += cache_line) __builtin_prefetch(bytes + at);
  // The last line, where the first byte is not the first of its line.
  if (size > 0) __builtin_prefetch(bytes + size - 1);
  // GCC takes a function that only prefetches for one without effect, and drops the calls of it.
  asm volatile("");
}

}  // namespace nexus::store::embedded
