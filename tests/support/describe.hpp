#pragma once

#include <string>

#include "domain/access.hpp"
#include "domain/error.hpp"
#include "domain/events.hpp"
#include "domain/item.hpp"
#include "domain/reservation.hpp"
#include "domain/warehouse.hpp"

namespace nexus::test {

// Everything of a thing in one line, so that two of them can be compared and a difference read.

inline std::string describe(domain::Time time) {
  return time.text();
}

template <typename T>
std::string describe(const std::optional<T>& value) {
  if (!value) return "-";
  if constexpr (std::is_convertible_v<T, std::string_view>) {
    return "'" + std::string(*value) + "'";
  } else if constexpr (std::is_integral_v<T>) {
    return std::to_string(*value);
  } else {
    return describe(*value);
  }
}

inline std::string describe(const domain::Threshold& threshold) {
  return threshold.is_default() ? "default" : std::to_string(threshold.value_or(0));
}

inline std::string describe(const domain::Warehouse& warehouse) {
  return warehouse.id.text() + " '" + warehouse.name + "' " + std::string(name(warehouse.type)) +
         " address " + describe(warehouse.address) + " marketplace " + describe(warehouse.marketplace) +
         (warehouse.is_active ? " active" : " inactive");
}

inline std::string describe(const domain::Item& item) {
  std::string out = "'" + item.sku + "' '" + std::string(item.title) + "' safety " +
                    std::to_string(item.safety_stock) + " low " + describe(item.low_threshold) +
                    " critical " + describe(item.critical_threshold) + " v" + std::to_string(item.version) +
                    " at " + item.updated_at.text() + (item.is_deleted ? " deleted" : "");
  for (const auto& level : item.levels) {
    out += " [" + std::to_string(level.warehouse) + ": " + std::to_string(level.on_hand) + "/" +
           std::to_string(level.reserved) + " at " + level.updated_at.text() + "]";
  }
  return out;
}

inline std::string describe(const domain::Reservation& reservation) {
  std::string out = reservation.id.text() + " '" + reservation.reference + "' " +
                    std::string(name(reservation.status)) + " by '" + reservation.created_by + "' at " +
                    reservation.created_at.text() + " expires " + describe(reservation.expires_at) +
                    " closed " + describe(reservation.closed_at);
  for (const auto& line : reservation.lines) {
    out +=
        " [" + line.sku + " " + std::to_string(line.warehouse) + ": " + std::to_string(line.quantity) + "]";
  }
  return out;
}

inline std::string describe(const domain::Tenant& tenant) {
  return tenant.id.text() + " '" + tenant.name + "' at " + tenant.created_at.text();
}

inline std::string describe(const domain::ApiKey& key) {
  std::string out = key.id.text() + " of " + key.tenant.text() + " '" + key.name + "' owner '" + key.owner +
                    "' at " + key.created_at.text() + " expires " + describe(key.expires_at) + " revoked " +
                    describe(key.revoked_at) + " limit " + describe(key.rate_limit_per_minute) + " digest";
  for (const auto byte : key.digest) out += " " + std::to_string(byte);
  for (const auto scope : key.scopes) out += " " + std::string(name(scope));
  return out;
}

inline std::string describe(const domain::AnswerKept& answer) {
  return "'" + answer.key + "' until " + answer.expires_at.text() + " " + std::to_string(answer.status) +
         " '" + answer.etag + "' '" + answer.body + "' of " + std::to_string(answer.fingerprint[0]);
}

}  // namespace nexus::test
