#include <utility>

#include "domain/text_rules.hpp"
#include "http/api/field_rules.hpp"
#include "http/api/json_body.hpp"
#include "http/api/request_bodies.hpp"

namespace nexus::http {

namespace {

using domain::Result;

enum UpdateField : std::size_t { sku, warehouse_id, quantity, delta, expected_quantity, reason, note };

constexpr std::array<std::string_view, 7> update_names = {
    "sku", "warehouse_id", "quantity", "delta", "expected_quantity", "reason", "note"};
using UpdateFields = JsonFields<update_names>;

Result<void> read_amount(const UpdateFields& fields, domain::LevelUpdate& update) {
  if (fields.has(quantity) == fields.has(delta)) {
    return fields.refuse(quantity, "or delta is required, and only one of the two");
  }
  update.is_delta = fields.has(delta);
  const auto amount = fields.integer(update.is_delta ? delta : quantity);
  if (!amount) return std::unexpected(amount.error());
  update.quantity = *amount;
  if (fields.has(expected_quantity)) {
    const auto expected = fields.integer(expected_quantity);
    if (!expected) return std::unexpected(expected.error());
    auto ok = fields.judge(expected_quantity, [&](std::string_view field) {
      return domain::check_stock_setting(field, *expected);
    });
    if (!ok) return ok;
    update.expected_quantity = *expected;
  }
  return {};
}

Result<void> read_why(const UpdateFields& fields, domain::LevelUpdate& update) {
  if (fields.has(reason)) {
    const auto text = fields.text(reason);
    if (!text) return std::unexpected(text.error());
    auto ok =
        fields.judge(reason, [&](std::string_view field) { return domain::check_reason(field, *text); });
    if (!ok) return ok;
    update.reason = *text;
  }
  if (fields.has(note)) {
    const auto text = fields.text(note);
    if (!text) return std::unexpected(text.error());
    auto ok = fields.judge(note, [&](std::string_view field) {
      return domain::check_text(field, *text, 0, domain::note_characters_max, true);
    });
    if (!ok) return ok;
    update.note = *text;
  }
  return {};
}

// The fields of one update; `update.sku` is left to the caller.
Result<void> read_update(const UpdateFields& fields, domain::LevelUpdate& update) {
  if (auto ok = read_warehouse_id(fields, warehouse_id, update.warehouse_id); !ok) return ok;
  if (auto ok = read_amount(fields, update); !ok) return ok;
  return read_why(fields, update);
}

enum SyncField : std::size_t { sync_sku, sync_warehouse_id, sync_on_hand, sync_reserved };

constexpr std::array<std::string_view, 4> sync_names = {"sku", "warehouse_id", "on_hand", "reserved"};

Result<void> read_sync_row(simdjson::dom::object object, JsonPath path, domain::SyncRow& row) {
  const auto fields = JsonFields<sync_names>::read(object, path);
  if (!fields) return std::unexpected(fields.error());
  if (auto ok = read_sku(*fields, sync_sku, row.sku); !ok) return ok;
  if (auto ok = read_warehouse_id(*fields, sync_warehouse_id, row.warehouse_id); !ok) return ok;
  const auto on_hand = fields->integer(sync_on_hand);
  if (!on_hand) return std::unexpected(on_hand.error());
  const auto reserved = fields->integer(sync_reserved);
  if (!reserved) return std::unexpected(reserved.error());
  row.on_hand = *on_hand;
  row.reserved = *reserved;
  return {};
}

Result<void> read_bulk_row(simdjson::dom::object object, JsonPath path, domain::LevelUpdate& update) {
  const auto fields = UpdateFields::read(object, path);
  if (!fields) return std::unexpected(fields.error());
  if (auto ok = read_sku(*fields, sku, update.sku); !ok) return ok;
  return read_update(*fields, update);
}

enum BulkField : std::size_t { updates, mode };

constexpr std::array<std::string_view, 2> bulk_names = {"updates", "mode"};

Result<domain::BulkMode> read_mode(const JsonFields<bulk_names>& fields) {
  if (!fields.has(mode)) return domain::BulkMode::atomic;
  const auto text = fields.text(mode);
  if (!text) return std::unexpected(text.error());
  if (*text == "atomic") return domain::BulkMode::atomic;
  if (*text == "partial") return domain::BulkMode::partial;
  return fields.refuse(mode, "must be \"atomic\" or \"partial\"");
}

// The mode and the rows of a bulk or a sync.
template <typename Row>
Result<std::pair<domain::BulkMode, std::vector<Row>>> read_rows(
    std::string_view body, Result<void> (*read_row)(simdjson::dom::object, JsonPath, Row&)) {
  const auto object = parse_json_object(body);
  if (!object) return std::unexpected(object.error());
  const auto fields = JsonFields<bulk_names>::read(*object, {});
  if (!fields) return std::unexpected(fields.error());
  const auto bulk_mode = read_mode(*fields);
  if (!bulk_mode) return std::unexpected(bulk_mode.error());
  auto rows = read_array<Row>(*fields, updates, domain::bulk_updates_max, read_row);
  if (!rows) return std::unexpected(std::move(rows.error()));
  return std::pair(*bulk_mode, std::move(*rows));
}

}  // namespace

Result<domain::Request> read_level_update(std::string_view body, std::string path_sku,
                                          domain::AcceptedVersions if_match) {
  const auto object = parse_json_object(body);
  if (!object) return std::unexpected(object.error());
  const auto fields = UpdateFields::read(*object, {});
  if (!fields) return std::unexpected(fields.error());
  if (fields->has(sku)) return fields->refuse(sku, "is not a field of this request: it stands in the path");
  domain::UpdateLevels request{.updates = {}, .if_match = std::move(if_match)};
  auto& update = request.updates.emplace_back();
  if (auto ok = read_update(*fields, update); !ok) return std::unexpected(std::move(ok.error()));
  update.sku = std::move(path_sku);
  return request;
}

Result<domain::Request> read_bulk_update(std::string_view body) {
  auto rows = read_rows<domain::LevelUpdate>(body, read_bulk_row);
  if (!rows) return std::unexpected(std::move(rows.error()));
  return domain::UpdateLevels{
      .updates = std::move(rows->second), .mode = rows->first, .is_bulk = true, .if_match = std::nullopt};
}

Result<domain::Request> read_sync(std::string_view body) {
  auto rows = read_rows<domain::SyncRow>(body, read_sync_row);
  if (!rows) return std::unexpected(std::move(rows.error()));
  return domain::SyncLevels{.rows = std::move(rows->second), .mode = rows->first};
}

}  // namespace nexus::http
