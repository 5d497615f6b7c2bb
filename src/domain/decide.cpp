#include "domain/decide.hpp"

#include <algorithm>

#include "domain/decision_maker.hpp"

namespace nexus::domain {

namespace {

std::string in_quotes(std::string_view text) {
  std::string out = "\"";
  out += text;
  out += '"';
  return out;
}

}  // namespace

Result<Decision> decide(const Command& command, const View& view, Stamp stamp) {
  DecisionMaker maker(command, view, stamp);
  return std::visit([&](const auto& request) { return decide(request, maker); }, command.request);
}

bool touches_whole_warehouse(const Command& command) {
  return std::holds_alternative<ChangeWarehouse>(command.request);
}

Result<const Item*> DecisionMaker::require_item(std::string_view sku) const {
  const Item* item = draft_->find_item(sku);
  if (item == nullptr || item->is_deleted) {
    return fail(ErrorCode::inventory_not_found, "SKU " + in_quotes(sku) + " has no inventory record");
  }
  return item;
}

Result<WarehouseNumber> DecisionMaker::require_warehouse(const Warehouses& warehouses,
                                                         const NamedWarehouse& named) {
  const WarehouseId id = named.id();
  auto& known = known_warehouses_[id.value.low % known_warehouses_.size()];
  if (named.names_one() && id == known.id) return known.number;
  const auto number = find_warehouse(warehouses, id);
  if (!number) {
    return fail(ErrorCode::warehouse_not_found, "warehouse " + in_quotes(named.text()) + " does not exist");
  }
  known = {.id = id, .number = *number};
  return *number;
}

Result<ReservationPtr> DecisionMaker::require_reservation(std::string_view id) const {
  const auto parsed = ReservationId::parse(id);
  auto reservation = parsed ? draft_->find_reservation(*parsed) : nullptr;
  if (!reservation)
    return fail(ErrorCode::reservation_not_found, "reservation " + in_quotes(id) + " does not exist");
  return reservation;
}

Result<void> DecisionMaker::require_version(const Item& item, const AcceptedVersions& accepted) {
  if (!accepted || std::ranges::find(*accepted, item.version) != accepted->end()) return {};
  return fail(ErrorCode::precondition_failed,
              "the record of SKU " + in_quotes(item.sku) + " has moved on: its version is " +
                  std::to_string(item.version),
              VersionMismatch{item.version});
}

Result<void> DecisionMaker::require_writable(const Warehouse& warehouse) {
  if (warehouse.is_readonly()) {
    return fail(ErrorCode::readonly_warehouse, "warehouse " + in_quotes(warehouse.id.text()) +
                                                   " is of type " + std::string(name(warehouse.type)) +
                                                   ", which is read-only: its stock arrives by sync");
  }
  return require_active(warehouse);
}

Result<void> DecisionMaker::require_active(const Warehouse& warehouse) {
  if (!warehouse.is_active) {
    return fail(ErrorCode::warehouse_inactive,
                "warehouse " + in_quotes(warehouse.id.text()) + " is not active");
  }
  return {};
}

Result<Quantity> DecisionMaker::changed_quantity(Quantity before, Quantity change, std::string_view sku,
                                                 const Warehouse& warehouse) {
  // Bounded first, so that the sum cannot leave 64 bits.
  const Quantity after = before + std::clamp(change, -2 * quantity_max, 2 * quantity_max);
  auto allowed = allowed_quantity(after, "on hand", sku, warehouse);
  if (!allowed) allowed.error().message += ": " + std::to_string(before) + " stand there";
  return allowed;
}

Result<Quantity> DecisionMaker::allowed_quantity(Quantity quantity, std::string_view what,
                                                 std::string_view sku, const Warehouse& warehouse) {
  if (quantity >= 0 && quantity <= quantity_max) return quantity;
  std::string message =
      "SKU " + in_quotes(sku) + " in warehouse " + in_quotes(warehouse.id.text()) + " would have ";
  message += quantity < 0 ? "fewer than 0 " : "more than the limit of 1000000000000 ";
  message += what;
  return fail(quantity < 0 ? ErrorCode::negative_quantity : ErrorCode::quantity_too_large,
              std::move(message));
}

}  // namespace nexus::domain
