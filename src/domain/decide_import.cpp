#include "domain/decision_maker.hpp"

namespace nexus::domain {

namespace {

// The warehouse that a row names, by id or by a name that only one has; made where that is allowed and none
// has it.
Result<WarehouseNumber> warehouse_of(const std::string& named, bool may_create, DecisionMaker& maker,
                                     ImportOutcome& outcome) {
  const auto warehouses = maker.state().warehouses();
  if (const auto id = WarehouseId::parse(named)) {
    if (const auto number = find_warehouse(*warehouses, *id)) return *number;
  }
  std::optional<WarehouseNumber> found;
  for (std::size_t i = 0; i < warehouses->size(); ++i) {
    if ((*warehouses)[i].name != named) continue;
    if (found)
      return fail(ErrorCode::warehouse_not_found,
                  "several warehouses are named \"" + named + "\": use an id");
    found = static_cast<WarehouseNumber>(i);
  }
  if (found) return *found;
  if (!may_create) return fail(ErrorCode::warehouse_not_found, "warehouse \"" + named + "\" does not exist");
  if (warehouses->size() >= warehouses_max) {
    return fail(ErrorCode::validation_error, "the tenant has the most warehouses that it may have: 1000");
  }
  maker.emit(WarehouseCreated{static_cast<WarehouseNumber>(warehouses->size()),
                              Warehouse{.id = maker.next_id<WarehouseId>(),
                                        .name = named,
                                        .type = WarehouseType::own,
                                        .address = std::nullopt,
                                        .marketplace = std::nullopt}});
  ++outcome.warehouses_created;
  return static_cast<WarehouseNumber>(warehouses->size());
}

ItemSettings settings_after(const ImportRow& row, const ItemSettings& before) {
  return ItemSettings{.title = row.title.value_or(before.title),
                      .safety_stock = row.safety_stock.value_or(before.safety_stock),
                      .low_threshold = row.low_threshold.value_or(before.low_threshold),
                      .critical_threshold = row.critical_threshold.value_or(before.critical_threshold)};
}

// True when the item had to be made or changed.
bool import_item(const ImportRow& row, DecisionMaker& maker, ImportOutcome& outcome) {
  const Item* item = maker.state().find_item(row.sku);
  if (item == nullptr || item->is_deleted) {
    maker.emit(ItemCreated{row.sku, settings_after(row, {})});
    ++outcome.items_created;
    return true;
  }
  const ItemSettings before{.title = std::string(item->title),
                            .safety_stock = item->safety_stock,
                            .low_threshold = item->low_threshold,
                            .critical_threshold = item->critical_threshold};
  const ItemSettings after = settings_after(row, before);
  if (after == before) return false;
  maker.emit(ItemChanged{row.sku, after});
  ++outcome.items_changed;
  return true;
}

// True when the level did not stand as the row says.
bool import_level(const ImportRow& row, WarehouseNumber number, DecisionMaker& maker,
                  ImportOutcome& outcome) {
  const Item& item = *maker.state().find_item(row.sku);
  const Level* level = item.find_level(number);
  if (level != nullptr && level->on_hand == *row.quantity) return false;
  maker.emit(StockAdjusted{.sku = row.sku,
                           .warehouse = number,
                           .before = level == nullptr ? 0 : level->on_hand,
                           .after = *row.quantity,
                           .version = item.version + 1,
                           .reason = "import",
                           .note = std::nullopt});
  ++outcome.levels_adjusted;
  return true;
}

// Everything that can be wrong with a row is found before anything of it is emitted.
Result<void> import_row(const ImportRow& row, bool create_warehouses, DecisionMaker& maker,
                        ImportOutcome& outcome) {
  std::optional<WarehouseNumber> number;
  if (row.quantity) {
    const auto found = warehouse_of(*row.warehouse, create_warehouses, maker, outcome);
    if (!found) return std::unexpected(found.error());
    const auto warehouses = maker.state().warehouses();
    if (auto active = DecisionMaker::require_active((*warehouses)[*found]); !active) return active;
    number = *found;
  }
  const bool item_changed = import_item(row, maker, outcome);
  const bool level_changed = number && import_level(row, *number, maker, outcome);
  if (!item_changed && !level_changed) ++outcome.rows_unchanged;
  return {};
}

}  // namespace

Result<Decision> decide(const ImportRows& request, DecisionMaker& maker) {
  ImportOutcome outcome;
  for (std::size_t i = 0; i < request.rows.size(); ++i) {
    if (auto done = import_row(request.rows[i], request.create_warehouses, maker, outcome); !done) {
      outcome.errors.push_back({.index = i, .message = done.error().message});
    }
  }
  return maker.finish(std::move(outcome));
}

}  // namespace nexus::domain
