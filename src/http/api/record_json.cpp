#include "http/api/record_json.hpp"

#include <variant>

#include "http/api/json_text.hpp"

namespace nexus::http {

namespace {

void append_row(std::string& out, const domain::Level& level, domain::Quantity available,
                const domain::Warehouse& warehouse, RecordForm form) {
  out += "{\"warehouse_id\":";
  append_json_id(out, warehouse.id);
  out += ",\"name\":";
  append_json_string(out, warehouse.name);
  out += ",\"on_hand\":";
  append_json_integer(out, level.on_hand);
  out += ",\"reserved\":";
  append_json_integer(out, level.reserved);
  out += ",\"available\":";
  append_json_integer(out, available);
  if (warehouse.type != domain::WarehouseType::own) {
    out += ",\"type\":";
    append_json_string(out, domain::name(warehouse.type));
  }
  if (form == RecordForm::detail) {
    out += ",\"updated_at\":";
    append_json_time(out, level.updated_at);
  }
  out += '}';
}

}  // namespace

void append_record(std::string& out, const domain::Item& item, const domain::Warehouses& warehouses,
                   RecordForm form) {
  const domain::Totals totals = domain::totals(item, warehouses);
  out += "{\"sku\":";
  append_json_string(out, item.sku);
  out += ",\"title\":";
  append_json_string(out, item.title);
  out += ",\"total_on_hand\":";
  append_json_integer(out, totals.on_hand);
  out += ",\"total_reserved\":";
  append_json_integer(out, totals.reserved);
  out += ",\"total_available\":";
  append_json_integer(out, totals.available);
  out += ",\"safety_stock\":";
  append_json_integer(out, item.safety_stock);
  out += ",\"status\":\"";
  out += domain::name(domain::status_of(item, totals.available));
  out += "\",\"warehouses\":[";
  bool is_first = true;
  domain::for_each_row(item, warehouses, [&](const domain::Level& level, domain::Quantity available) {
    if (!is_first) out += ',';
    is_first = false;
    append_row(out, level, available, warehouses[level.warehouse], form);
  });
  out += ']';
  if (form == RecordForm::detail) {
    out += ",\"low_threshold\":";
    append_json_integer(out, item.effective_low_threshold());
    out += ",\"critical_threshold\":";
    append_json_integer(out, item.effective_critical_threshold());
    out += ",\"version\":";
    append_json_unsigned(out, item.version);
    out += ",\"updated_at\":";
    append_json_time(out, item.updated_at);
  }
  out += '}';
}

void append_adjustment(std::string& out, const store::Adjustment& adjustment,
                       const domain::Warehouses& warehouses, AdjustmentForm form) {
  out += "{\"id\":";
  append_json_id(out, adjustment.id);
  out += ",\"sku\":";
  append_json_string(out, adjustment.sku);
  out += ",\"warehouse_id\":";
  append_json_id(out, warehouses[adjustment.warehouse].id);
  out += ",\"before_quantity\":";
  append_json_integer(out, adjustment.before);
  out += ",\"after_quantity\":";
  append_json_integer(out, adjustment.after);
  out += ",\"delta\":";
  append_json_integer(out, adjustment.after - adjustment.before);
  out += ",\"reason\":";
  append_json_string(out, adjustment.reason);
  if (adjustment.note) {
    out += ",\"note\":";
    append_json_string(out, *adjustment.note);
  }
  out += ",\"created_by\":";
  append_json_string(out, adjustment.created_by);
  out += ",\"created_at\":";
  append_json_time(out, adjustment.at);
  if (form == AdjustmentForm::applied) {
    out += ",\"version\":";
    append_json_unsigned(out, adjustment.version);
  }
  out += '}';
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

void append_warehouse(std::string& out, const domain::Warehouse& warehouse) {
  out += "{\"id\":";
  append_json_id(out, warehouse.id);
  out += ",\"name\":";
  append_json_string(out, warehouse.name);
  if (warehouse.address) {
    out += ",\"address\":";
    append_json_string(out, *warehouse.address);
  }
  out += ",\"type\":";
  append_json_string(out, domain::name(warehouse.type));
  if (warehouse.marketplace) {
    out += ",\"marketplace\":";
    append_json_string(out, *warehouse.marketplace);
  }
  out += ",\"is_active\":";
  append_json_bool(out, warehouse.is_active);
  if (warehouse.is_readonly()) out += ",\"is_readonly\":true";
  out += '}';
}

void append_reservation(std::string& out, const domain::Reservation& reservation,
                        const domain::Warehouses& warehouses) {
  out += "{\"id\":";
  append_json_id(out, reservation.id);
  out += ",\"reference\":";
  append_json_string(out, reservation.reference);
  out += ",\"status\":";
  append_json_string(out, domain::name(reservation.status));
  out += ",\"lines\":[";
  bool is_first = true;
  for (const auto& line : reservation.lines) {
    out += is_first ? "{\"sku\":" : ",{\"sku\":";
    is_first = false;
    append_json_string(out, line.sku);
    out += ",\"warehouse_id\":";
    append_json_id(out, warehouses[line.warehouse].id);
    out += ",\"quantity\":";
    append_json_integer(out, line.quantity);
    out += '}';
  }
  out += "],\"created_by\":";
  append_json_string(out, reservation.created_by);
  out += ",\"created_at\":";
  append_json_time(out, reservation.created_at);
  if (reservation.expires_at) {
    out += ",\"expires_at\":";
    append_json_time(out, *reservation.expires_at);
  }
  if (reservation.closed_at) {
    out += ",\"closed_at\":";
    append_json_time(out, *reservation.closed_at);
  }
  out += '}';
}

}  // namespace nexus::http
