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
  std::string id_and_name;  // `"warehouse_id":"wh_…","name":"…"`
  std::size_t id_size = 0;  // of it, without the name

  std::string_view id_alone() const { return std::string_view(id_and_name).substr(0, id_size); }
};

// Written once by each thread as long as few enough warehouses take turns; valid until the thread's next
// call.
const WarehouseText& text_of(const domain::Warehouse& warehouse) {
  constexpr std::size_t kept = 64;
  static thread_local std::array<WarehouseText, kept> texts;
  WarehouseText& text = texts[warehouse.id.value.low % kept];
  if (text.id == warehouse.id && text.name == warehouse.name && text.id_size > 0) [[likely]] {
    return text;
  }
  text = {.id = warehouse.id, .name = warehouse.name, .id_and_name = {}};
  JsonText(text.id_and_name).raw("\"warehouse_id\":").id(warehouse.id);
  text.id_size = text.id_and_name.size();
  JsonText(text.id_and_name).raw(",\"name\":").string(warehouse.name);
  return text;
}

}  // namespace

void append_record(JsonText& out, const domain::Item& item, const domain::Warehouses& warehouses,
                   RecordForm form) {
  const domain::Totals totals = domain::totals(item, warehouses);
  out.raw("{\"sku\":").string(item.sku);
  out.raw(",\"title\":").string(item.title);
  out.raw(",\"total_on_hand\":").number(totals.on_hand);
  out.raw(",\"total_reserved\":").number(totals.reserved);
  out.raw(",\"total_available\":").number(totals.available);
  out.raw(",\"safety_stock\":").number(item.safety_stock);
  out.raw(",\"status\":\"").raw(domain::name(domain::status_of(item, totals.available)));
  out.raw("\",\"warehouses\":[");
  bool is_first = true;
  domain::for_each_row(item, warehouses, [&](const domain::Level& level, domain::Quantity available) {
    const domain::Warehouse& warehouse = warehouses[level.warehouse];
    if (!is_first) out.raw(",");
    is_first = false;
    out.raw("{").raw(text_of(warehouse).id_and_name);
    out.raw(",\"on_hand\":").number(level.on_hand);
    out.raw(",\"reserved\":").number(level.reserved);
    out.raw(",\"available\":").number(available);
    if (warehouse.type != domain::WarehouseType::own) {
      out.raw(",\"type\":\"").raw(domain::name(warehouse.type)).raw("\"");
    }
    if (form == RecordForm::detail) out.raw(",\"updated_at\":").time(level.updated_at);
    out.raw("}");
  });
  out.raw("]");
  if (form == RecordForm::detail) {
    out.raw(",\"low_threshold\":").number(item.effective_low_threshold());
    out.raw(",\"critical_threshold\":").number(item.effective_critical_threshold());
    out.raw(",\"version\":").number(item.version);
    out.raw(",\"updated_at\":").time(item.updated_at);
  }
  out.raw("}");
}

void append_adjustment(JsonText& out, const store::Adjustment& adjustment,
                       const domain::Warehouses& warehouses, AdjustmentForm form) {
  out.raw("{\"id\":").id(adjustment.id);
  out.raw(",\"sku\":").string(adjustment.sku);
  out.raw(",").raw(text_of(warehouses[adjustment.warehouse]).id_alone());
  out.raw(",\"before_quantity\":").number(adjustment.before);
  out.raw(",\"after_quantity\":").number(adjustment.after);
  out.raw(",\"delta\":").number(adjustment.after - adjustment.before);
  out.raw(",\"reason\":").string(adjustment.reason);
  if (adjustment.note) out.raw(",\"note\":").string(*adjustment.note);
  out.raw(",\"created_by\":").string(adjustment.created_by);
  out.raw(",\"created_at\":").time(adjustment.at);
  if (form == AdjustmentForm::applied) out.raw(",\"version\":").number(adjustment.version);
  out.raw("}");
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
    out.raw(",").raw(text_of(warehouses[line.warehouse]).id_alone());
    out.raw(",\"quantity\":").number(line.quantity).raw("}");
  }
  out.raw("],\"created_by\":").string(reservation.created_by);
  out.raw(",\"created_at\":").time(reservation.created_at);
  if (reservation.expires_at) out.raw(",\"expires_at\":").time(*reservation.expires_at);
  if (reservation.closed_at) out.raw(",\"closed_at\":").time(*reservation.closed_at);
  out.raw("}");
}

}  // namespace nexus::http
