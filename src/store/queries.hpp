#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "domain/availability.hpp"
#include "domain/ids.hpp"
#include "domain/item.hpp"
#include "domain/reservation.hpp"
#include "domain/view.hpp"
#include "domain/warehouse.hpp"
#include "store/function_ref.hpp"

namespace nexus::store {

// A set of statuses; the empty one stands for all.
class StatusSet {
 public:
  void add(domain::Status status) { bits_ |= bit(status); }
  bool is_empty() const { return bits_ == 0; }
  bool contains(domain::Status status) const { return bits_ == 0 || (bits_ & bit(status)) != 0; }
  auto operator<=>(const StatusSet&) const = default;

 private:
  static std::uint8_t bit(domain::Status status) {
    return static_cast<std::uint8_t>(1U << static_cast<unsigned>(status));
  }
  std::uint8_t bits_ = 0;
};

struct ItemQuery {
  StatusSet statuses;
  std::optional<domain::WarehouseId> warehouse;  // items that have a level there
  std::vector<std::string> skus;                 // any of these, when there are any
  std::string after;                             // items behind this SKU; none is ""
  std::size_t limit = 50;
};

struct ItemPage {
  std::uint64_t total = 0;  // all that match, whatever the page
  bool has_more = false;    // matches behind this page
};

// Called for each item of an answer, in order. The references are good during the call only; it runs while
// the store holds back its writer, so it copies or writes out what it needs and returns.
using ItemVisitor = FunctionRef<void(const domain::Item&, const domain::Warehouses&)>;

// A line of the ledger as it is read. Views are good until the next one is read.
struct Adjustment {
  domain::AdjustmentId id;
  std::uint64_t sequence = 0;  // dense over the store; sorts as the ids do
  std::string_view sku;
  domain::WarehouseNumber warehouse = 0;
  domain::Quantity before = 0;
  domain::Quantity after = 0;
  std::uint64_t version = 0;
  std::string_view reason;
  std::optional<std::string_view> note;
  std::string_view created_by;
  domain::Time at;
};

using AdjustmentVisitor = FunctionRef<void(const Adjustment&)>;

struct AdjustmentQuery {
  std::string sku;
  std::optional<domain::Time> from;  // inclusive
  std::optional<domain::Time> to;    // inclusive
  std::optional<domain::WarehouseId> warehouse;
  std::optional<std::string> reason;
  std::optional<std::uint64_t> before_sequence;  // only older ones: where the page before ended
};

// A set of reservation statuses; the empty one stands for all.
struct ReservationStatusSet {
  std::uint8_t bits = 0;
  void add(domain::ReservationStatus status) {
    bits |= static_cast<std::uint8_t>(1U << static_cast<unsigned>(status));
  }
  bool contains(domain::ReservationStatus status) const {
    return bits == 0 || (bits & (1U << static_cast<unsigned>(status))) != 0;
  }
};

struct ReservationQuery {
  ReservationStatusSet statuses;
  std::optional<std::string> sku;
  std::optional<std::string> reference;
  std::optional<domain::ReservationId> before;  // only older ones: where the page before ended
  std::size_t limit = 50;
};

struct ReservationPage {
  std::vector<domain::ReservationPtr> reservations;  // newest first
  domain::WarehousesPtr warehouses;
  bool has_more = false;
};

}  // namespace nexus::store
