#include "service/host/duration.hpp"

#include <charconv>

namespace nexus::service {

std::optional<std::int64_t> parse_duration_seconds(std::string_view text) {
  constexpr std::int64_t seconds_max = 100LL * 365 * 24 * 3600;
  std::int64_t count = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), count);
  if (error != std::errc{} || end + 1 != text.data() + text.size()) return std::nullopt;
  std::int64_t unit = 0;
  switch (*end) {
    case 'd':
      unit = 24LL * 3600;
      break;
    case 'h':
      unit = 3600;
      break;
    case 'm':
      unit = 60;
      break;
    case 's':
      unit = 1;
      break;
    default:
      return std::nullopt;
  }
  if (count <= 0 || count > seconds_max / unit) return std::nullopt;
  return count * unit;
}

}  // namespace nexus::service
