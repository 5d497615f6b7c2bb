#include <algorithm>
#include <map>

#include "domain/availability.hpp"
#include "domain/decision_maker.hpp"

namespace nexus::domain {

namespace {

// What the lines of one reservation may still take. Taking from a row leaves the other rows' available as it
// was (what is withheld stays withheld where it is), so rows are computed once for each SKU.
class Allocator {
 public:
  explicit Allocator(const View& state) : state_(state), warehouses_(state.warehouses()) {}

  // Takes the line's quantity: from the warehouse it names, else from writable ones in the order of their
  // creation, split where needed. Where there is too little, takes nothing and returns what is there.
  std::expected<std::vector<ReservationLine>, Quantity> take(const RequestedLine& line) {
    const bool names_one = line.warehouse_id.has_value();
    const WarehouseId named = names_one ? line.warehouse_id->id() : WarehouseId();
    std::vector<Row>& rows = rows_of(line.sku);
    const auto may_use = [&](const Row& row) {
      const Warehouse& warehouse = (*warehouses_)[row.warehouse];
      return names_one ? warehouse.id == named : !warehouse.is_readonly();
    };
    Quantity available = 0;
    for (const Row& row : rows) available += may_use(row) ? row.available : 0;
    if (available < line.quantity) return std::unexpected(available);
    std::vector<ReservationLine> taken;
    Quantity rest = line.quantity;
    for (Row& row : rows) {
      const Quantity part = may_use(row) ? std::min(rest, row.available) : 0;
      if (part == 0) continue;
      row.available -= part;
      rest -= part;
      taken.push_back({.sku = line.sku, .warehouse = row.warehouse, .quantity = part});
    }
    return taken;
  }

 private:
  struct Row {
    WarehouseNumber warehouse;
    Quantity available;
  };

  std::vector<Row>& rows_of(const std::string& sku) {
    const auto [found, is_new] = rows_.try_emplace(sku);
    if (is_new) {
      for_each_row(*state_.find_item(sku), *warehouses_, [&](const Level& level, Quantity available) {
        found->second.push_back({level.warehouse, available});
      });
    }
    return found->second;
  }

  const View& state_;
  WarehousesPtr warehouses_;
  std::map<std::string, std::vector<Row>, std::less<>> rows_;
};

// Unknown SKUs, then unknown warehouses, then ones that may not be written: over all lines each, so that the
// order of refusals does not depend on the order of the lines.
Result<void> require_places(const std::vector<RequestedLine>& lines, DecisionMaker& maker, bool for_holding) {
  const auto warehouses = maker.state().warehouses();
  for (const auto& line : lines) {
    if (const auto item = maker.require_item(line.sku); !item) return std::unexpected(item.error());
  }
  std::vector<const Warehouse*> named;
  for (const auto& line : lines) {
    if (!line.warehouse_id) continue;
    const auto number = maker.require_warehouse(*warehouses, *line.warehouse_id);
    if (!number) return std::unexpected(number.error());
    named.push_back(&(*warehouses)[*number]);
  }
  if (!for_holding) return {};
  for (const bool look_for_readonly : {true, false}) {
    for (const Warehouse* warehouse : named) {
      if (look_for_readonly && !warehouse->is_readonly()) continue;
      if (auto writable = DecisionMaker::require_writable(*warehouse); !writable) return writable;
    }
  }
  return {};
}

std::unexpected<Error> refuse_for_stock(std::vector<Shortage> shortages, std::string_view what) {
  const Shortage& first = shortages.front();
  std::string message = "line " + std::to_string(first.index) + ": " + std::to_string(first.requested) +
                        " of SKU \"" + first.sku + "\" asked for, " + std::to_string(first.available) + " " +
                        std::string(what);
  return fail(ErrorCode::insufficient_stock, std::move(message), std::move(shortages));
}

Shortage shortage(std::size_t index, const RequestedLine& line, Quantity available) {
  return Shortage{.index = index,
                  .sku = line.sku,
                  .warehouse_id = line.warehouse_id ? line.warehouse_id->text() : "",
                  .requested = line.quantity,
                  .available = available};
}

Result<ReservationPtr> require_held(std::string_view id, const DecisionMaker& maker) {
  auto reservation = maker.require_reservation(id);
  if (!reservation) return reservation;
  if ((*reservation)->status != ReservationStatus::held) {
    return fail(ErrorCode::reservation_closed, "reservation \"" + std::string(id) + "\" is closed: it is " +
                                                   std::string(name((*reservation)->status)));
  }
  return reservation;
}

// The held lines that the asked ones name, in their order; too much of one is a shortage.
Result<std::vector<ReservationLine>> choose_lines(const Reservation& held,
                                                  const std::vector<RequestedLine>& asked,
                                                  const Warehouses& warehouses) {
  std::vector<ReservationLine> rest = held.lines;
  std::vector<ReservationLine> chosen;
  std::vector<Shortage> shortages;
  for (std::size_t i = 0; i < asked.size(); ++i) {
    const auto warehouse = *find_warehouse(warehouses, asked[i].warehouse_id->id());
    Quantity wanted = asked[i].quantity;
    Quantity found = 0;
    for (auto& line : rest) {
      if (line.sku != asked[i].sku || line.warehouse != warehouse) continue;
      const Quantity part = std::min(wanted - found, line.quantity);
      line.quantity -= part;
      found += part;
    }
    if (found < wanted) shortages.push_back(shortage(i, asked[i], found));
    chosen.push_back({.sku = asked[i].sku, .warehouse = warehouse, .quantity = wanted});
  }
  if (!shortages.empty()) return refuse_for_stock(std::move(shortages), "still held");
  return chosen;
}

Quantity sum(const std::vector<ReservationLine>& lines) {
  Quantity total = 0;
  for (const auto& line : lines) total += line.quantity;
  return total;
}

// One adjustment for each line, judged on what the lines before it left.
Result<void> emit_shipped_adjustments(const Reservation& reservation,
                                      const std::vector<ReservationLine>& lines, DecisionMaker& maker) {
  const auto warehouses = maker.state().warehouses();
  for (const auto& line : lines) {
    const Item& item = *maker.state().find_item(line.sku);
    const Level* level = item.find_level(line.warehouse);
    const Quantity before = level == nullptr ? 0 : level->on_hand;
    const auto after =
        DecisionMaker::changed_quantity(before, -line.quantity, line.sku, (*warehouses)[line.warehouse]);
    if (!after) return std::unexpected(after.error());
    maker.emit(StockAdjusted{.sku = line.sku,
                             .warehouse = line.warehouse,
                             .before = before,
                             .after = *after,
                             .version = item.version + 1,
                             .reason = "order_shipped",
                             .note = reservation.reference});
  }
  return {};
}

ReservationOutcome outcome_of(ReservationId id, const DecisionMaker& maker) {
  return ReservationOutcome{.reservation = maker.state().find_reservation(id),
                            .warehouses = maker.state().warehouses()};
}

}  // namespace

Result<Decision> decide(const HoldReservation& request, DecisionMaker& maker) {
  if (auto places = require_places(request.lines, maker, true); !places)
    return std::unexpected(places.error());
  if (maker.state().find_held(request.reference) != nullptr) {
    return fail(ErrorCode::reservation_exists,
                "a reservation with reference \"" + request.reference + "\" is held already");
  }
  Allocator allocator(maker.state());
  Reservation reservation{.id = maker.next_id<ReservationId>(),
                          .reference = request.reference,
                          .status = ReservationStatus::held,
                          .lines = {},
                          .created_by = maker.actor(),
                          .created_at = maker.now(),
                          .expires_at = std::nullopt,
                          .closed_at = std::nullopt};
  if (request.expires_in_seconds)
    reservation.expires_at = maker.now().plus_ms(*request.expires_in_seconds * 1000);
  std::vector<Shortage> shortages;
  for (std::size_t i = 0; i < request.lines.size(); ++i) {
    auto taken = allocator.take(request.lines[i]);
    if (taken) {
      std::ranges::move(*taken, std::back_inserter(reservation.lines));
    } else {
      shortages.push_back(shortage(i, request.lines[i], taken.error()));
    }
  }
  if (!shortages.empty()) return refuse_for_stock(std::move(shortages), "available");
  const auto id = reservation.id;
  maker.emit(ReservationHeld{std::move(reservation)});
  return maker.finish(outcome_of(id, maker));
}

Result<Decision> decide(const ShipReservation& request, DecisionMaker& maker) {
  // What does not exist comes before what is closed.
  if (auto exists = maker.require_reservation(request.id); !exists) return std::unexpected(exists.error());
  if (request.lines) {
    if (auto places = require_places(*request.lines, maker, false); !places)
      return std::unexpected(places.error());
  }
  const auto held = require_held(request.id, maker);
  if (!held) return std::unexpected(held.error());
  const Reservation& reservation = **held;
  const auto warehouses = maker.state().warehouses();
  std::vector<ReservationLine> lines = reservation.lines;
  if (request.lines) {
    auto chosen = choose_lines(reservation, *request.lines, *warehouses);
    if (!chosen) return std::unexpected(chosen.error());
    lines = std::move(*chosen);
  }
  for (const auto& line : lines) {
    if (auto active = DecisionMaker::require_active((*warehouses)[line.warehouse]); !active) {
      return std::unexpected(active.error());
    }
  }
  maker.emit(ReservationShipped{
      .id = reservation.id, .lines = lines, .closes = sum(lines) == sum(reservation.lines)});
  if (auto shipped = emit_shipped_adjustments(reservation, lines, maker); !shipped) {
    return std::unexpected(shipped.error());
  }
  return maker.finish(outcome_of(reservation.id, maker));
}

Result<Decision> decide(const ReleaseReservation& request, DecisionMaker& maker) {
  const auto held = require_held(request.id, maker);
  if (!held) return std::unexpected(held.error());
  maker.emit(ReservationReleased{.id = (*held)->id, .lines = (*held)->lines, .expired = false});
  return maker.finish(outcome_of((*held)->id, maker));
}

Result<Decision> decide(const ExpireReservation& request, DecisionMaker& maker) {
  const auto held = require_held(request.id.text(), maker);
  if (!held) return std::unexpected(held.error());
  const auto expires_at = (*held)->expires_at;
  if (!expires_at || maker.now() < *expires_at) {
    return fail(ErrorCode::validation_error, "reservation \"" + request.id.text() + "\" has not expired yet");
  }
  maker.emit(ReservationReleased{.id = (*held)->id, .lines = (*held)->lines, .expired = true});
  return maker.finish(outcome_of((*held)->id, maker));
}

}  // namespace nexus::domain
