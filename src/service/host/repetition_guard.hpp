#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>

#include <boost/unordered/unordered_flat_map.hpp>

#include "domain/commands.hpp"

namespace nexus::service {

// Keeps an import idempotent: two lines that contradict each other would undo one another each time that the
// file is imported. Remembers hashes only, some 40 bytes a row.
class RepetitionGuard {
 public:
  // Why the row contradicts an earlier one, if it does. Of a row that does not, an empty title and default
  // thresholds are dropped where an earlier row of the SKU has said more: people fill in the first row only.
  std::optional<std::string> check(std::uint64_t line, domain::ImportRow& row);

 private:
  struct First {
    std::uint64_t line = 0;
    std::array<std::uint16_t, 4> settings{};  // shortened hashes of what was said first
  };
  boost::unordered_flat_map<std::uint64_t, First> by_sku_;
  boost::unordered_flat_map<std::uint64_t, std::uint64_t> line_by_level_;
};

}  // namespace nexus::service
