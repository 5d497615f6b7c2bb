#include "support/command_maker.hpp"

#include <algorithm>
#include <array>

namespace nexus::test {

using namespace domain;

namespace {

constexpr std::size_t warehouses_at_most = 6;

std::string sku_of(std::uint32_t number) {
  const auto& all = CommandMaker::skus();
  return all[number % all.size()];
}

// Mostly small, so that numbers meet; now and then at the limits.
Quantity quantity_of(std::uint32_t number) {
  switch (number % 64) {
    case 0:
      return quantity_max;
    case 1:
      return quantity_max + 1;
    case 2:
      return -1;
    case 3:
      return INT64_MIN;
    case 4:
      return INT64_MAX;
    default:
      return number / 64 % 24;
  }
}

Quantity small(std::uint32_t number) {
  return number % 16;
}

template <typename T>
std::optional<T> sometimes(std::uint32_t number, std::uint32_t one_in, T value) {
  return number % one_in == 0 ? std::optional<T>(std::move(value)) : std::nullopt;
}

AcceptedVersions versions_of(std::uint32_t number) {
  return sometimes(number, 5, std::vector<std::uint64_t>{number % 7, number % 11});
}

Step next_of(const Step& step) {
  return Step{.kind = step.kind,
              .sku = step.sku / 3 + step.extra,
              .warehouse = step.warehouse / 3 + step.sku,
              .quantity = step.quantity * 1'664'525U + 1'013'904'223U,
              .extra = step.extra / 2 + step.quantity};
}

}  // namespace

const std::vector<std::string>& CommandMaker::skus() {
  static const std::vector<std::string> all{"A", "B", "a/1", "\xC3\xA4", "SKU-001", "SKU-002", "never made"};
  return all;
}

std::string CommandMaker::warehouse(std::uint32_t number) const {
  if (number % 32 == 0) return WarehouseId{}.text();
  if (number % 32 == 1) return "no id";
  return warehouses_.empty() ? "wh_" : warehouses_[number / 32 % warehouses_.size()];
}

std::string CommandMaker::reservation(std::uint32_t number) const {
  if (number % 32 == 0) return ReservationId{}.text();
  if (number % 32 == 1) return "no id";
  if (reservations_.empty()) return "res_";
  // Newer ones are more likely to be held.
  const auto back = std::min<std::size_t>(number / 32 % 12, reservations_.size() - 1);
  return reservations_[reservations_.size() - 1 - back].id.text();
}

LevelUpdate CommandMaker::update(const Step& step) const {
  const bool is_delta = step.extra % 2 != 0;
  const auto quantity = quantity_of(step.quantity);
  return LevelUpdate{.sku = sku_of(step.sku),
                     .warehouse_id = warehouse(step.warehouse),
                     .is_delta = is_delta,
                     .quantity = is_delta && quantity >= 0 && quantity < 24 ? quantity - 8 : quantity,
                     .expected_quantity = sometimes(step.extra / 2, 6, small(step.extra / 16)),
                     .reason = step.extra % 3 == 0 ? "cycle_count" : "manual_adjustment",
                     .note = sometimes(step.extra / 4, 3, std::string("counted by hand"))};
}

UpdateLevels CommandMaker::bulk(const Step& step) const {
  UpdateLevels bulk{.updates = {},
                    .mode = step.extra % 3 == 0 ? BulkMode::atomic : BulkMode::partial,
                    .is_bulk = true,
                    .if_match = {}};
  Step each = step;
  for (std::uint32_t i = 0; i < 1 + step.kind / 64 % 5; ++i, each = next_of(each)) {
    bulk.updates.push_back(update(each));
  }
  return bulk;
}

SyncLevels CommandMaker::sync(const Step& step) const {
  SyncLevels sync{.rows = {}, .mode = step.extra % 2 == 0 ? BulkMode::atomic : BulkMode::partial};
  Step each = step;
  for (std::uint32_t i = 0; i < 1 + step.kind / 64 % 3; ++i, each = next_of(each)) {
    sync.rows.push_back(
        {.sku = sku_of(each.sku),
         .warehouse_id = warehouse(each.warehouse),
         .on_hand = quantity_of(each.quantity),
         .reserved = each.extra % 40 == 0 ? quantity_of(each.extra / 40) : small(each.extra)});
  }
  return sync;
}

HoldReservation CommandMaker::hold(const Step& step) const {
  HoldReservation hold{
      .reference = "order-" + std::to_string(step.extra % 40),
      .lines = {},
      .expires_in_seconds = sometimes<std::int64_t>(step.extra / 40, 2, 1 + step.extra % 50)};
  Step each = step;
  for (std::uint32_t i = 0; i < 1 + step.kind / 64 % 4; ++i, each = next_of(each)) {
    hold.lines.push_back({.sku = sku_of(each.sku),
                          .quantity = 1 + small(each.quantity) / 3,
                          .warehouse_id = sometimes(each.extra, 3, warehouse(each.warehouse))});
  }
  return hold;
}

ShipReservation CommandMaker::ship(const Step& step) const {
  ShipReservation ship{.id = reservation(step.extra), .lines = {}};
  if (step.quantity % 2 == 0) return ship;
  ship.lines.emplace();
  const auto known = std::ranges::find(reservations_, ship.id, [](const auto& r) { return r.id.text(); });
  Step each = step;
  for (std::uint32_t i = 0; i < 1 + step.kind / 64 % 3; ++i, each = next_of(each)) {
    RequestedLine line{.sku = sku_of(each.sku),
                       .quantity = 1 + small(each.quantity / 2) / 4,
                       .warehouse_id = warehouse(each.warehouse)};
    if (known != reservations_.end() && each.extra % 8 != 0) {
      const auto& held = known->lines[each.sku % known->lines.size()];
      line.sku = held.sku;
      line.warehouse_id = warehouses_[held.warehouse];
    }
    ship.lines->push_back(std::move(line));
  }
  return ship;
}

ImportRows CommandMaker::import(const Step& step) const {
  ImportRows import{.rows = {}, .create_warehouses = step.extra % 2 == 0};
  Step each = step;
  for (std::uint32_t i = 0; i < 1 + step.kind / 64 % 4; ++i, each = next_of(each)) {
    ImportRow row{.sku = sku_of(each.sku % 6),
                  .title = sometimes(each.extra, 2, "title " + std::to_string(each.extra % 3)),
                  .safety_stock = sometimes(each.extra / 2, 4, small(each.extra)),
                  .low_threshold = sometimes(each.extra / 4, 5, Threshold{small(each.extra)}),
                  .critical_threshold = sometimes(each.extra / 4, 7, Threshold{}),
                  .warehouse = {},
                  .quantity = {}};
    if (each.quantity % 4 != 0) {
      const bool by_name = each.quantity % 4 == 1 && warehouses_.size() < warehouses_at_most;
      row.warehouse = by_name ? "named " + std::to_string(each.warehouse % 3) : warehouse(each.warehouse);
      row.quantity = small(each.quantity / 4);
    }
    import.rows.push_back(std::move(row));
  }
  // What is unknown is made by name: few of them, or a long run would have a thousand.
  if (warehouses_.size() >= warehouses_at_most) import.create_warehouses = false;
  return import;
}

Request CommandMaker::make(const Step& step) const {
  // Of 64: so many of each, in this order.
  const auto kind = step.kind % 64;
  if (kind < 2 || warehouses_.size() < 2) {
    if (warehouses_.size() < warehouses_at_most) {
      constexpr std::array types{WarehouseType::own, WarehouseType::fba, WarehouseType::third_party,
                                 WarehouseType::fbs, WarehouseType::own};
      return CreateWarehouse{.name = "named " + std::to_string(step.extra % 3),
                             .type = types[warehouses_.size() % types.size()],
                             .address = sometimes(step.extra, 2, std::string("Ulm")),
                             .marketplace = {}};
    }
  }
  if (kind < 5) {
    ChangeWarehouse change{.id = warehouse(step.warehouse), .name = {}, .address = {}, .is_active = {}};
    if (step.extra % 3 == 0) change.name = "named " + std::to_string(step.extra % 4);
    if (step.extra % 5 == 0) change.address = std::nullopt;
    if (step.extra % 4 != 0) change.is_active = step.quantity % 4 != 0;
    return change;
  }
  if (kind < 10) {
    return CreateItem{.sku = sku_of(step.sku % 6),
                      .settings = {.title = "title", .safety_stock = small(step.quantity) / 2}};
  }
  if (kind < 13) {
    return ChangeItem{.sku = sku_of(step.sku),
                      .title = sometimes(step.extra, 2, "title " + std::to_string(step.quantity % 3)),
                      .safety_stock = sometimes(step.extra, 3, small(step.quantity)),
                      .low_threshold = sometimes(step.extra, 4, Threshold{small(step.quantity / 2)}),
                      .critical_threshold = sometimes(step.extra, 5, Threshold{}),
                      .if_match = versions_of(step.extra)};
  }
  if (kind < 15) return DeleteItem{.sku = sku_of(step.sku), .if_match = versions_of(step.extra)};
  if (kind < 30) {
    return UpdateLevels{.updates = {update(step)}, .is_bulk = false, .if_match = versions_of(step.extra / 8)};
  }
  if (kind < 34) return bulk(step);
  if (kind < 38) return sync(step);
  if (kind < 50) return hold(step);
  if (kind < 57) return ship(step);
  if (kind < 60) return ReleaseReservation{reservation(step.extra)};
  if (kind < 62) {
    const auto id = ReservationId::parse(reservation(step.extra));
    return ExpireReservation{id.value_or(ReservationId{})};
  }
  return import(step);
}

void CommandMaker::saw(const Outcome& outcome, const Warehouses& warehouses) {
  for (std::size_t i = warehouses_.size(); i < warehouses.size(); ++i) {
    warehouses_.push_back(warehouses[i].id.text());
  }
  const auto* told = std::get_if<ReservationOutcome>(&outcome);
  if (told == nullptr) return;
  const auto known = std::ranges::find(reservations_, told->reservation->id, &Reservation::id);
  if (known == reservations_.end()) {
    reservations_.push_back(*told->reservation);
  } else {
    *known = *told->reservation;
  }
}

}  // namespace nexus::test
