#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "domain/ids.hpp"
#include "domain/quantity.hpp"
#include "domain/warehouse.hpp"

namespace nexus::domain {

enum class ReservationStatus : std::uint8_t { held, shipped, released, expired };

inline constexpr std::size_t reservation_lines_max = 1000;
inline constexpr std::int64_t expires_in_seconds_max = 31'536'000;  // a year of 365 days

std::string_view name(ReservationStatus status);
std::optional<ReservationStatus> parse_reservation_status(std::string_view text);

struct ReservationLine {
  std::string sku;
  WarehouseNumber warehouse = 0;
  Quantity quantity = 0;

  bool operator==(const ReservationLine&) const = default;
};

// What one order holds. While it is held, its lines stand in the levels' `reserved`; once it is closed they
// say what was shipped, released or expired last.
struct Reservation {
  ReservationId id;
  std::string reference;
  ReservationStatus status = ReservationStatus::held;
  std::vector<ReservationLine> lines;
  std::string created_by;
  Time created_at;
  std::optional<Time> expires_at;
  std::optional<Time> closed_at;

  bool operator==(const Reservation&) const = default;
};

}  // namespace nexus::domain
