#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

namespace nexus::service {

// Reads a whole number of days, hours, minutes or seconds, e.g. "90d", "12h", "15m", "30s", as seconds.
// Nothing for anything else, for 0, and for more than a hundred years.
std::optional<std::int64_t> parse_duration_seconds(std::string_view text);

}  // namespace nexus::service
