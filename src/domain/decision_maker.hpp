#pragma once

#include <array>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "domain/apply.hpp"
#include "domain/decide.hpp"

namespace nexus::domain {

// What the deciders of one family of commands share: the draft that each event is applied to as soon as it is
// decided, so that what follows is judged on it, and the common refusals. Private to the domain.
class DecisionMaker {
 public:
  DecisionMaker(const Command& command, const View& view, Stamp stamp)
      : command_(command), stamp_(stamp), draft_(std::make_unique<Draft>(view)) {}

  Time now() const { return stamp_.now; }
  const std::string& actor() const { return command_.actor; }
  TenantId tenant() const { return command_.tenant; }
  const Draft& state() const { return *draft_; }

  // Makes room for a command of so many events.
  void reserve(std::size_t events) {
    events_.reserve(events);
    draft_->reserve_items(events);
  }

  // The id of what the next event makes.
  template <typename IdOfKind>
  IdOfKind next_id() const {
    return IdOfKind{Ulid::of(stamp_.now, stamp_.sequence + events_.size())};
  }

  // Records the event and applies it to the draft. Returns its index.
  template <typename Happened>
  std::size_t emit(Happened&& event) {
    events_.emplace_back(std::forward<Happened>(event));
    apply(events_.back(), stamp_.now, *draft_);
    return events_.size() - 1;
  }

  Decision finish(Outcome outcome) {
    return Decision{.events = std::move(events_), .outcome = std::move(outcome), .draft = std::move(draft_)};
  }

  // INVENTORY_NOT_FOUND where the SKU is unknown or deleted.
  Result<const Item*> require_item(std::string_view sku) const;
  // WAREHOUSE_NOT_FOUND where no warehouse has that id, or it is no id at all. The warehouses are to be the
  // same at each call.
  Result<WarehouseNumber> require_warehouse(const Warehouses& warehouses, const NamedWarehouse& named);
  // RESERVATION_NOT_FOUND likewise.
  Result<ReservationPtr> require_reservation(std::string_view id) const;
  // PRECONDITION_FAILED unless the record's version is among the accepted ones.
  static Result<void> require_version(const Item& item, const AcceptedVersions& accepted);
  // READONLY_WAREHOUSE, then WAREHOUSE_INACTIVE.
  static Result<void> require_writable(const Warehouse& warehouse);
  static Result<void> require_active(const Warehouse& warehouse);
  // NEGATIVE_QUANTITY or QUANTITY_TOO_LARGE unless 0 ≤ before + change ≤ quantity_max; else that sum.
  static Result<Quantity> changed_quantity(Quantity before, Quantity change, std::string_view sku,
                                           const Warehouse& warehouse);
  // The same of a number that is set, whatever stood before: so many `what` ("on hand", "reserved").
  static Result<Quantity> allowed_quantity(Quantity quantity, std::string_view what, std::string_view sku,
                                           const Warehouse& warehouse);

  RecordOutcome record(std::string_view sku, std::optional<std::size_t> adjustment = std::nullopt) const {
    return RecordOutcome{
        .item = *draft_->find_item(sku), .warehouses = draft_->warehouses(), .adjustment = adjustment};
  }

 private:
  const Command& command_;
  Stamp stamp_;
  std::unique_ptr<Draft> draft_;
  std::vector<Event> events_;
  // The updates of one command are mostly of few warehouses, and a warehouse keeps its number. By the lowest
  // bits of the id.
  struct KnownWarehouse {
    WarehouseId id;
    WarehouseNumber number = 0;
  };
  std::array<KnownWarehouse, 8> known_warehouses_;
};

Result<Decision> decide(const CreateTenant& request, DecisionMaker& maker);
Result<Decision> decide(const CreateKey& request, DecisionMaker& maker);
Result<Decision> decide(const RevokeKey& request, DecisionMaker& maker);
Result<Decision> decide(const CreateWarehouse& request, DecisionMaker& maker);
Result<Decision> decide(const ChangeWarehouse& request, DecisionMaker& maker);
Result<Decision> decide(const CreateItem& request, DecisionMaker& maker);
Result<Decision> decide(const ChangeItem& request, DecisionMaker& maker);
Result<Decision> decide(const DeleteItem& request, DecisionMaker& maker);
Result<Decision> decide(const UpdateLevels& request, DecisionMaker& maker);
Result<Decision> decide(const SyncLevels& request, DecisionMaker& maker);
Result<Decision> decide(const HoldReservation& request, DecisionMaker& maker);
Result<Decision> decide(const ShipReservation& request, DecisionMaker& maker);
Result<Decision> decide(const ReleaseReservation& request, DecisionMaker& maker);
Result<Decision> decide(const ExpireReservation& request, DecisionMaker& maker);
Result<Decision> decide(const ImportRows& request, DecisionMaker& maker);

}  // namespace nexus::domain
