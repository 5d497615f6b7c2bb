#include <array>
#include <string_view>

#include "domain/decision_maker.hpp"

namespace nexus::domain {

namespace {

// The adjustment that one update makes, or the first rule that it breaks.
Result<StockAdjusted> judge(const LevelUpdate& update, const AcceptedVersions& if_match,
                            const Warehouses& warehouses, DecisionMaker& maker) {
  // Its SKU is compared with the item's when it is applied: written just before, it would be waited for.
  StockAdjusted adjusted{.sku = update.sku,
                         .reason = update.reason ? *update.reason : std::string(default_reason),
                         .note = update.note};
  const auto item = maker.require_item(update.sku);
  if (!item) return std::unexpected(item.error());
  const auto number = maker.require_warehouse(warehouses, update.warehouse_id);
  if (!number) return std::unexpected(number.error());
  const Warehouse& warehouse = warehouses[*number];
  if (auto writable = DecisionMaker::require_writable(warehouse); !writable) {
    return std::unexpected(writable.error());
  }
  const Level* level = (*item)->find_level(*number);
  const Quantity before = level == nullptr ? 0 : level->on_hand;
  if (update.expected_quantity && *update.expected_quantity != before) {
    return fail(ErrorCode::quantity_changed,
                "SKU \"" + update.sku + "\" has " + std::to_string(before) + " on hand in warehouse \"" +
                    update.warehouse_id.text() + "\", not the expected " +
                    std::to_string(*update.expected_quantity),
                QuantityMismatch{.expected = *update.expected_quantity, .actual = before});
  }
  if (auto same = DecisionMaker::require_version(**item, if_match); !same)
    return std::unexpected(same.error());
  const auto after = update.is_delta
                         ? DecisionMaker::changed_quantity(before, update.quantity, update.sku, warehouse)
                         : DecisionMaker::allowed_quantity(update.quantity, "on hand", update.sku, warehouse);
  if (!after) return std::unexpected(after.error());
  adjusted.warehouse = *number;
  adjusted.before = before;
  adjusted.after = *after;
  adjusted.version = (*item)->version + 1;
  return adjusted;
}

struct Synced {
  StockAdjusted adjusted;
  ReservedReported reported;
};

Result<Synced> judge(const SyncRow& row, const Warehouses& warehouses, DecisionMaker& maker) {
  const auto item = maker.require_item(row.sku);
  if (!item) return std::unexpected(item.error());
  const auto number = maker.require_warehouse(warehouses, row.warehouse_id);
  if (!number) return std::unexpected(number.error());
  const Warehouse& warehouse = warehouses[*number];
  if (!warehouse.is_readonly()) {
    return fail(ErrorCode::warehouse_not_readonly, "warehouse \"" + row.warehouse_id.text() +
                                                       "\" is of type " + std::string(name(warehouse.type)) +
                                                       ": only FBA and FBS warehouses are synced");
  }
  if (auto active = DecisionMaker::require_active(warehouse); !active) return std::unexpected(active.error());
  const auto on_hand = DecisionMaker::allowed_quantity(row.on_hand, "on hand", row.sku, warehouse);
  if (!on_hand) return std::unexpected(on_hand.error());
  const auto reserved = DecisionMaker::allowed_quantity(row.reserved, "reserved", row.sku, warehouse);
  if (!reserved) return std::unexpected(reserved.error());
  const Level* level = (*item)->find_level(*number);
  return Synced{.adjusted = StockAdjusted{.sku = row.sku,
                                          .warehouse = *number,
                                          .before = level == nullptr ? 0 : level->on_hand,
                                          .after = *on_hand,
                                          .version = (*item)->version + 2,
                                          .reason = "marketplace_sync",
                                          .note = std::nullopt},
                .reported = ReservedReported{.sku = row.sku, .warehouse = *number, .reserved = *reserved}};
}

UpdateError at_index(std::size_t index, const auto& update, const Error& error) {
  return UpdateError{.index = index,
                     .sku = update.sku,
                     .warehouse_id = update.warehouse_id.text(),
                     .code = error.code,
                     .message = error.message};
}

// All or none: the first one's error, with every one that cannot be applied in its details.
std::unexpected<Error> refuse_bulk(const std::vector<UpdateError>& errors) {
  const UpdateError& first = errors.front();
  return fail(first.code, "update " + std::to_string(first.index) + ": " + first.message, errors);
}

// A bulk looks up hundreds of items, any of which may be far away: tells which ones come next, some ahead of
// the one that is judged.
template <typename Updates>
class Foresight {
 public:
  Foresight(const Updates& updates, const View& view) : updates_(updates), view_(view) { tell(); }

  void judging(std::size_t index) {
    if (index + told_together > told_) tell();
  }

 private:
  static constexpr std::size_t told_together = 32;

  void tell() {
    std::array<std::string_view, told_together> skus;
    std::size_t count = 0;
    while (count < skus.size() && told_ < updates_.size()) skus[count++] = updates_[told_++].sku;
    if (count > 0) view_.prefetch_items({skus.data(), count});
  }

  const Updates& updates_;
  const View& view_;
  std::size_t told_ = 0;
};

// Judges the updates in order, each on what the ones before it left, and emits what can be applied.
template <typename Updates, typename Judge>
Result<Decision> apply_in_order(const Updates& updates, BulkMode mode, DecisionMaker& maker,
                                Judge&& judge_and_emit) {
  UpdatesOutcome outcome{.results = {}, .updated = 0, .warehouses = maker.state().warehouses()};
  outcome.results.reserve(updates.size());
  maker.reserve(updates.size());
  std::vector<UpdateError> errors;
  Foresight foresight(updates, maker.state());
  for (std::size_t i = 0; i < updates.size(); ++i) {
    foresight.judging(i);
    Result<std::size_t> adjustment = judge_and_emit(updates[i], *outcome.warehouses);
    if (adjustment) {
      outcome.results.emplace_back(*adjustment);
      ++outcome.updated;
    } else {
      errors.push_back(at_index(i, updates[i], adjustment.error()));
      outcome.results.emplace_back(errors.back());
    }
  }
  if (mode == BulkMode::atomic && !errors.empty()) return refuse_bulk(errors);
  return maker.finish(std::move(outcome));
}

}  // namespace

Result<Decision> decide(const UpdateLevels& request, DecisionMaker& maker) {
  if (!request.is_bulk) {
    const LevelUpdate& update = request.updates.front();
    auto adjusted = judge(update, request.if_match, *maker.state().warehouses(), maker);
    if (!adjusted) return std::unexpected(std::move(adjusted.error()));
    const auto adjustment = maker.emit(std::move(*adjusted));
    return maker.finish(maker.record(update.sku, adjustment));
  }
  return apply_in_order(request.updates, request.mode, maker,
                        [&](const LevelUpdate& update, const Warehouses& warehouses) -> Result<std::size_t> {
                          auto adjusted = judge(update, std::nullopt, warehouses, maker);
                          if (!adjusted) return std::unexpected(std::move(adjusted.error()));
                          return maker.emit(std::move(*adjusted));
                        });
}

Result<Decision> decide(const SyncLevels& request, DecisionMaker& maker) {
  return apply_in_order(request.rows, request.mode, maker,
                        [&](const SyncRow& row, const Warehouses& warehouses) -> Result<std::size_t> {
                          auto synced = judge(row, warehouses, maker);
                          if (!synced) return std::unexpected(std::move(synced.error()));
                          // Reserved first: the adjustment's version is then the one that the row leaves
                          // behind.
                          maker.emit(std::move(synced->reported));
                          return maker.emit(std::move(synced->adjusted));
                        });
}

}  // namespace nexus::domain
