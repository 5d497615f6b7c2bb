#include <algorithm>

#include "domain/decision_maker.hpp"

namespace nexus::domain {

Result<Decision> decide(const CreateWarehouse& request, DecisionMaker& maker) {
  const auto number = maker.state().warehouses()->size();
  if (number >= warehouses_max) {
    return fail(ErrorCode::validation_error, "the tenant has the most warehouses that it may have: 1000");
  }
  Warehouse warehouse{.id = maker.next_id<WarehouseId>(),
                      .name = request.name,
                      .type = request.type,
                      .address = request.address,
                      .marketplace = request.marketplace};
  maker.emit(WarehouseCreated{static_cast<WarehouseNumber>(number), warehouse});
  return maker.finish(std::move(warehouse));
}

Result<Decision> decide(const ChangeWarehouse& request, DecisionMaker& maker) {
  const auto warehouses = maker.state().warehouses();
  const auto number = maker.require_warehouse(*warehouses, request.id);
  if (!number) return std::unexpected(number.error());
  const Warehouse& before = (*warehouses)[*number];
  Warehouse after = before;
  if (request.name) after.name = *request.name;
  if (request.address) after.address = *request.address;
  if (request.is_active) after.is_active = *request.is_active;
  const bool is_same =
      after.name == before.name && after.address == before.address && after.is_active == before.is_active;
  if (!is_same) maker.emit(WarehouseChanged{*number, after});
  return maker.finish(std::move(after));
}

Result<Decision> decide(const CreateItem& request, DecisionMaker& maker) {
  if (const Item* item = maker.state().find_item(request.sku); item != nullptr && !item->is_deleted) {
    return fail(ErrorCode::inventory_exists, "SKU \"" + request.sku + "\" has an inventory record already");
  }
  maker.emit(ItemCreated{request.sku, request.settings});
  return maker.finish(maker.record(request.sku));
}

Result<Decision> decide(const ChangeItem& request, DecisionMaker& maker) {
  const auto item = maker.require_item(request.sku);
  if (!item) return std::unexpected(item.error());
  if (auto same = DecisionMaker::require_version(**item, request.if_match); !same) {
    return std::unexpected(same.error());
  }
  const ItemSettings before{.title = std::string((*item)->title),
                            .safety_stock = (*item)->safety_stock,
                            .low_threshold = (*item)->low_threshold,
                            .critical_threshold = (*item)->critical_threshold};
  const ItemSettings after{
      .title = request.title.value_or(before.title),
      .safety_stock = request.safety_stock.value_or(before.safety_stock),
      .low_threshold = request.low_threshold.value_or(before.low_threshold),
      .critical_threshold = request.critical_threshold.value_or(before.critical_threshold)};
  if (after != before) maker.emit(ItemChanged{request.sku, after});
  return maker.finish(maker.record(request.sku));
}

Result<Decision> decide(const DeleteItem& request, DecisionMaker& maker) {
  const auto item = maker.require_item(request.sku);
  if (!item) return std::unexpected(item.error());
  const auto is_empty = [](const Level& level) { return level.on_hand == 0 && level.reserved == 0; };
  if (!std::ranges::all_of((*item)->levels, is_empty)) {
    return fail(
        ErrorCode::inventory_not_empty,
        "SKU \"" + request.sku + "\" still has stock on hand or reserved: bring every level to zero first");
  }
  if (auto same = DecisionMaker::require_version(**item, request.if_match); !same) {
    return std::unexpected(same.error());
  }
  maker.emit(ItemDeleted{request.sku});
  return maker.finish(NothingMore{});
}

}  // namespace nexus::domain
