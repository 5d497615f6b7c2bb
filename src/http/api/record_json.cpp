#include "http/api/record_json.hpp"

#include <array>
#include <string>
#include <string_view>
#include <variant>

namespace nexus::http {

namespace {

// What answers say of one warehouse over and over.
struct WarehouseText {
  domain::WarehouseId id;
  std::string name;
  std::string row_start;  // `{"warehouse_id":"wh_…","name":"…","on_hand":`
};

constexpr std::string_view id_label = "{\"warehouse_id\":";

// `"warehouse_id":"wh_…"`.
std::string_view id_alone(const WarehouseText& text) {
  return std::string_view(text.row_start)
      .substr(1, id_label.size() - 1 + JsonPieces::id_bytes<domain::WarehouseKind>);
}

// Written once by each thread as long as few enough warehouses take turns; valid until the thread's next
// call.
const WarehouseText& text_of(const domain::Warehouse& warehouse) {
  constexpr std::size_t kept = 64;
  static thread_local std::array<WarehouseText, kept> texts;
  WarehouseText& text = texts[warehouse.id.value.low % kept];
  if (text.id == warehouse.id && text.name == warehouse.name && !text.row_start.empty()) [[likely]] {
    return text;
  }
  text = {.id = warehouse.id, .name = warehouse.name, .row_start = {}};
  JsonText(text.row_start)
      .raw(id_label)
      .id(warehouse.id)
      .raw(",\"name\":")
      .string(warehouse.name)
      .raw(",\"on_hand\":");
  return text;
}

// Room for what a record, a row of it or an adjustment has around its texts: labels, numbers, times, ids.
constexpr std::size_t record_frame_bytes = 256 + 5 * JsonPieces::number_bytes_max;
constexpr std::size_t row_frame_bytes = 96 + 3 * JsonPieces::number_bytes_max + JsonPieces::time_bytes;
constexpr std::size_t detail_bytes = 96 + 3 * JsonPieces::number_bytes_max + JsonPieces::time_bytes;
constexpr std::size_t adjustment_frame_bytes =
    192 + 4 * JsonPieces::number_bytes_max + JsonPieces::time_bytes +
    JsonPieces::id_bytes<domain::AdjustmentKind> + JsonPieces::id_bytes<domain::WarehouseKind>;

void append_row(JsonText& out, const domain::Level& level, domain::Quantity available,
                const domain::Warehouse& warehouse, RecordForm form) {
  const std::string_view start = text_of(warehouse).row_start;
  out.within(row_frame_bytes + start.size(), [&](JsonPieces& row) {
    row.raw(start).number(level.on_hand);
    row.raw(",\"reserved\":").number(level.reserved);
    row.raw(",\"available\":").number(available);
    if (warehouse.type != domain::WarehouseType::own) {
      row.raw(",\"type\":\"").raw(domain::name(warehouse.type)).raw("\"");
    }
    if (form == RecordForm::detail) row.raw(",\"updated_at\":").time(level.updated_at);
    row.raw("}");
  });
}

}  // namespace

void append_record(JsonText& out, const domain::Item& item, const domain::Warehouses& warehouses,
                   RecordForm form) {
  const domain::Totals totals = domain::totals(item, warehouses);
  const std::size_t texts_max =
      JsonPieces::string_bytes_max(item.sku) + JsonPieces::string_bytes_max(item.title);
  out.within(record_frame_bytes + texts_max, [&](JsonPieces& head) {
    head.raw("{\"sku\":").string(item.sku);
    head.raw(",\"title\":").string(item.title);
    head.raw(",\"total_on_hand\":").number(totals.on_hand);
    head.raw(",\"total_reserved\":").number(totals.reserved);
    head.raw(",\"total_available\":").number(totals.available);
    head.raw(",\"safety_stock\":").number(item.safety_stock);
    head.raw(",\"status\":\"").raw(domain::name(domain::status_of(item, totals.available)));
    head.raw("\",\"warehouses\":[");
  });
  bool is_first = true;
  domain::for_each_row(item, warehouses, [&](const domain::Level& level, domain::Quantity available) {
    if (!is_first) out.raw(",");
    is_first = false;
    append_row(out, level, available, warehouses[level.warehouse], form);
  });
  out.raw("]");
  if (form == RecordForm::detail) {
    out.within(detail_bytes, [&](JsonPieces& detail) {
      detail.raw(",\"low_threshold\":").number(item.effective_low_threshold());
      detail.raw(",\"critical_threshold\":").number(item.effective_critical_threshold());
      detail.raw(",\"version\":").number(item.version);
      detail.raw(",\"updated_at\":").time(item.updated_at);
    });
  }
  out.raw("}");
}

void append_adjustment(JsonText& out, const store::Adjustment& adjustment,
                       const domain::Warehouses& warehouses, AdjustmentForm form) {
  const std::string_view note = adjustment.note ? *adjustment.note : std::string_view();
  const std::size_t texts_max =
      JsonPieces::string_bytes_max(adjustment.sku) + JsonPieces::string_bytes_max(adjustment.reason) +
      JsonPieces::string_bytes_max(note) + JsonPieces::string_bytes_max(adjustment.created_by);
  out.within(adjustment_frame_bytes + texts_max, [&](JsonPieces& line) {
    line.raw("{\"id\":").id(adjustment.id);
    line.raw(",\"sku\":").string(adjustment.sku);
    line.raw(",").raw(id_alone(text_of(warehouses[adjustment.warehouse])));
    line.raw(",\"before_quantity\":").number(adjustment.before);
    line.raw(",\"after_quantity\":").number(adjustment.after);
    line.raw(",\"delta\":").number(adjustment.after - adjustment.before);
    line.raw(",\"reason\":").string(adjustment.reason);
    if (adjustment.note) line.raw(",\"note\":").string(note);
    line.raw(",\"created_by\":").string(adjustment.created_by);
    line.raw(",\"created_at\":").time(adjustment.at);
    if (form == AdjustmentForm::applied) line.raw(",\"version\":").number(adjustment.version);
    line.raw("}");
  });
}

store::Adjustment adjustment_of(const domain::Commit& commit, std::size_t index) {
  const auto& event = std::get<domain::StockAdjusted>(commit.events.at(index));
  store::Adjustment adjustment{.id = commit.adjustment_id(index),
                               .sequence = commit.sequence + index,
                               .sku = event.sku,
                               .warehouse = event.warehouse,
                               .before = event.before,
                               .after = event.after,
                               .version = event.version,
                               .reason = event.reason,
                               .note = std::nullopt,
                               .created_by = commit.actor,
                               .at = commit.at};
  if (event.note) adjustment.note = *event.note;
  return adjustment;
}

void append_warehouse(JsonText& out, const domain::Warehouse& warehouse) {
  out.raw("{\"id\":").id(warehouse.id);
  out.raw(",\"name\":").string(warehouse.name);
  if (warehouse.address) out.raw(",\"address\":").string(*warehouse.address);
  out.raw(",\"type\":").string(domain::name(warehouse.type));
  if (warehouse.marketplace) out.raw(",\"marketplace\":").string(*warehouse.marketplace);
  out.raw(",\"is_active\":").boolean(warehouse.is_active);
  if (warehouse.is_readonly()) out.raw(",\"is_readonly\":true");
  out.raw("}");
}

void append_reservation(JsonText& out, const domain::Reservation& reservation,
                        const domain::Warehouses& warehouses) {
  out.raw("{\"id\":").id(reservation.id);
  out.raw(",\"reference\":").string(reservation.reference);
  out.raw(",\"status\":").string(domain::name(reservation.status));
  out.raw(",\"lines\":[");
  bool is_first = true;
  for (const auto& line : reservation.lines) {
    if (!is_first) out.raw(",");
    is_first = false;
    out.raw("{\"sku\":").string(line.sku);
    out.raw(",").raw(id_alone(text_of(warehouses[line.warehouse])));
    out.raw(",\"quantity\":").number(line.quantity).raw("}");
  }
  out.raw("],\"created_by\":").string(reservation.created_by);
  out.raw(",\"created_at\":").time(reservation.created_at);
  if (reservation.expires_at) out.raw(",\"expires_at\":").time(*reservation.expires_at);
  if (reservation.closed_at) out.raw(",\"closed_at\":").time(*reservation.closed_at);
  out.raw("}");
}

}  // namespace nexus::http
