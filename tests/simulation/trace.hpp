#pragma once

#include <cstdint>
#include <string_view>
#include <type_traits>

namespace nexus::simulation {

// The FNV-1a hash of a run, taken step by step.
template <typename... Values>
std::uint64_t trace_hash(std::uint64_t hash, const Values&... values) {
  const auto add_byte = [&hash](std::uint8_t byte) { hash = (hash ^ byte) * 1099511628211ULL; };
  const auto add = [&](const auto& value) {
    if constexpr (std::is_convertible_v<decltype(value), std::string_view>) {
      for (const char c : std::string_view(value)) add_byte(static_cast<std::uint8_t>(c));
    } else {
      auto number = static_cast<std::uint64_t>(value);
      for (; number > 0; number >>= 8) add_byte(static_cast<std::uint8_t>(number));
      add_byte(0);
    }
  };
  (add(values), ...);
  return hash;
}

}  // namespace nexus::simulation
