#pragma once

#include <string>
#include <utility>
#include <vector>

#include <gtest/gtest.h>

#include "domain/apply.hpp"
#include "domain/availability.hpp"
#include "domain/decide.hpp"
#include "store/memory/state.hpp"

namespace nexus::domain {

// A state, a clock and the words in which the tests of the rules speak of them. What is decided is applied.
class World {
 public:
  Result<Decision> run(Request request) {
    auto decision = decide(Command{.tenant = {}, .actor = "ada", .request = std::move(request)}, state,
                           Stamp{.now = now, .sequence = sequence});
    if (!decision) return decision;
    for (const auto& event : decision->events) apply(event, now, state);
    sequence += decision->events.size();
    return decision;
  }

  std::string make_warehouse(std::string name, WarehouseType type = WarehouseType::own) {
    const auto made = run(CreateWarehouse{.name = std::move(name), .type = type});
    return std::get<Warehouse>(made.value().outcome).id.text();
  }
  void make_item(std::string sku, ItemSettings settings = {}) {
    run(CreateItem{std::move(sku), std::move(settings)}).value();
  }
  Result<Decision> put(std::string sku, std::string warehouse, Quantity quantity) {
    return update({.sku = std::move(sku), .warehouse_id = std::move(warehouse), .quantity = quantity});
  }
  Result<Decision> change(std::string sku, std::string warehouse, Quantity delta) {
    return update(
        {.sku = std::move(sku), .warehouse_id = std::move(warehouse), .is_delta = true, .quantity = delta});
  }
  Result<Decision> update(LevelUpdate update, AcceptedVersions if_match = std::nullopt) {
    return run(UpdateLevels{.updates = {std::move(update)}, .if_match = std::move(if_match)});
  }
  Result<Decision> sync(std::string sku, std::string warehouse, Quantity on_hand, Quantity reserved) {
    return run(SyncLevels{{{.sku = std::move(sku),
                            .warehouse_id = std::move(warehouse),
                            .on_hand = on_hand,
                            .reserved = reserved}}});
  }
  Result<Decision> activate(const std::string& warehouse, bool is_active) {
    return run(ChangeWarehouse{.id = warehouse, .is_active = is_active});
  }
  Result<Decision> hold(std::string reference, std::vector<RequestedLine> lines,
                        std::optional<std::int64_t> expires_in_seconds = std::nullopt) {
    return run(HoldReservation{std::move(reference), std::move(lines), expires_in_seconds});
  }

  const Item& item(std::string_view sku) const { return *state.find_item(sku); }
  Level level(std::string_view sku, WarehouseNumber warehouse) const {
    const Level* found = item(sku).find_level(warehouse);
    return found == nullptr ? Level{.warehouse = warehouse} : *found;
  }
  Totals totals_of(std::string_view sku) const { return totals(item(sku), *state.warehouses()); }
  std::vector<Quantity> rows_of(std::string_view sku) const {
    std::vector<Quantity> rows;
    for_each_row(item(sku), *state.warehouses(),
                 [&](const Level&, Quantity available) { rows.push_back(available); });
    return rows;
  }
  Status status(std::string_view sku) const { return status_of(item(sku), *state.warehouses()); }

  store::memory::State state;
  Time now{1'773'324'000'000};
  std::uint64_t sequence = 1;
};

// "done", or the code of the refusal as the API spells it.
template <typename T>
std::string verdict(const Result<T>& result) {
  return result ? "done" : std::string(name(result.error().code));
}

inline const StockAdjusted& adjustment(const Decision& decision, std::size_t index) {
  return std::get<StockAdjusted>(decision.events.at(index));
}

inline ReservationPtr reservation_of(const Result<Decision>& decision) {
  return std::get<ReservationOutcome>(decision.value().outcome).reservation;
}

}  // namespace nexus::domain
