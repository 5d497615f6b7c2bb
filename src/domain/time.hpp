#pragma once

#include <compare>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace nexus::domain {

// A moment: milliseconds since 1970-01-01T00:00:00Z, without leap seconds.
struct Time {
  std::int64_t ms = 0;

  auto operator<=>(const Time&) const = default;

  Time plus_ms(std::int64_t more) const { return Time{ms + more}; }

  static constexpr std::size_t text_size = 24;

  // RFC 3339 in UTC with milliseconds, e.g. "2026-03-12T14:00:00.000Z"; writes text_size characters. For
  // years 0–9999.
  void write(char* out) const;
  std::string text() const;
};

// Which end of a day a bare date stands for.
enum class DayEdge : std::uint8_t { start, end };

// Reads an RFC 3339 moment (with any offset, up to nine digits of a second; digits beyond milliseconds are
// cut), or a bare date `YYYY-MM-DD` as that edge of the day in UTC (the end is 23:59:59.999). Nothing when it
// is neither.
std::optional<Time> parse_time(std::string_view text, DayEdge bare_date);

}  // namespace nexus::domain
