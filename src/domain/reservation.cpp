#include "domain/reservation.hpp"

namespace nexus::domain {

std::string_view name(ReservationStatus status) {
  switch (status) {
    case ReservationStatus::held:
      return "held";
    case ReservationStatus::shipped:
      return "shipped";
    case ReservationStatus::released:
      return "released";
    case ReservationStatus::expired:
      return "expired";
  }
  return "held";
}

std::optional<ReservationStatus> parse_reservation_status(std::string_view text) {
  for (const auto status : {ReservationStatus::held, ReservationStatus::shipped, ReservationStatus::released,
                            ReservationStatus::expired}) {
    if (name(status) == text) return status;
  }
  return std::nullopt;
}

}  // namespace nexus::domain
