#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "domain/access.hpp"
#include "domain/item.hpp"
#include "domain/reservation.hpp"
#include "domain/warehouse.hpp"

namespace nexus::domain {

// What can have happened. Events are facts: they carry everything that `apply` needs, refer to nothing that
// may change later, and are kept for ever in the form in which they were written.

struct TenantCreated {
  Tenant tenant;
};

struct KeyCreated {
  ApiKey key;
};

struct KeyRevoked {
  KeyId id;
};

struct WarehouseCreated {
  WarehouseNumber number = 0;
  Warehouse warehouse;
};

// The warehouse as it is now. Every record that has a level there shows it, so each of them gets a new
// version.
struct WarehouseChanged {
  WarehouseNumber number = 0;
  Warehouse warehouse;
};

struct ItemSettings {
  std::string title;
  Quantity safety_stock = 0;
  Threshold low_threshold;
  Threshold critical_threshold;

  bool operator==(const ItemSettings&) const = default;
};

struct ItemCreated {
  std::string sku;
  ItemSettings settings;
};

struct ItemChanged {
  std::string sku;
  ItemSettings settings;
};

struct ItemDeleted {
  std::string sku;
};

// A line of the ledger: somebody counted, or something came or went.
struct StockAdjusted {
  std::string sku;
  WarehouseNumber warehouse = 0;
  Quantity before = 0;
  Quantity after = 0;
  std::uint64_t version = 0;  // that the record has after it
  std::string reason;
  std::optional<std::string> note;
};

// A marketplace said what it holds back in a read-only warehouse.
struct ReservedReported {
  std::string sku;
  WarehouseNumber warehouse = 0;
  Quantity reserved = 0;
};

struct ReservationHeld {
  Reservation reservation;
};

// `lines` left the shelf; the adjustments of `on_hand` follow as events of their own. What is not among the
// lines stays held, unless `closes`.
struct ReservationShipped {
  ReservationId id;
  std::vector<ReservationLine> lines;
  bool closes = true;
};

// `lines` are no longer held: released by somebody, or by the clock when `expired`.
struct ReservationReleased {
  ReservationId id;
  std::vector<ReservationLine> lines;
  bool expired = false;
};

// The answer to a request that came with an idempotency key, kept until `expires_at`.
struct AnswerKept {
  std::string key;
  std::array<std::uint8_t, 32> fingerprint{};  // SHA-256 of what was asked
  Time expires_at;
  std::uint16_t status = 0;
  std::string etag;  // empty when the answer had none
  std::string body;
};

using Event = std::variant<TenantCreated, KeyCreated, KeyRevoked, WarehouseCreated, WarehouseChanged,
                           ItemCreated, ItemChanged, ItemDeleted, StockAdjusted, ReservedReported,
                           ReservationHeld, ReservationShipped, ReservationReleased, AnswerKept>;

// What one command did: its events, all or none of them durable. Event i has sequence number `sequence + i`;
// sequence numbers are dense over the whole store.
struct Commit {
  TenantId tenant;
  Time at;
  std::string actor;
  std::uint64_t sequence = 0;
  std::vector<Event> events;

  AdjustmentId adjustment_id(std::size_t index) const { return AdjustmentId{Ulid::of(at, sequence + index)}; }
};

using CommitPtr = std::shared_ptr<const Commit>;

}  // namespace nexus::domain
