#include "service/host/export.hpp"

#include <algorithm>
#include <charconv>
#include <string>
#include <vector>

#include "service/csv.hpp"
#include "service/json_writer.hpp"
#include "store/wait.hpp"

namespace nexus::service {

namespace {

using domain::Item;
using domain::Level;
using domain::Quantity;
using domain::Threshold;
using domain::Warehouses;

constexpr std::size_t page_items = 200;

// How the file speaks of each warehouse, by number.
std::vector<std::string> warehouse_cells(const Warehouses& warehouses) {
  std::vector<std::string> cells;
  cells.reserve(warehouses.size());
  std::vector<std::string_view> names;
  names.reserve(warehouses.size());
  for (const auto& warehouse : warehouses) names.push_back(warehouse.name);
  std::ranges::sort(names);
  for (const auto& warehouse : warehouses) {
    const auto same = std::ranges::equal_range(names, std::string_view(warehouse.name));
    // A name in the form of an id would be read as one.
    const bool is_plain_name = same.size() == 1 && !domain::WarehouseId::parse(warehouse.name);
    cells.push_back(is_plain_name ? warehouse.name : warehouse.id.text());
  }
  return cells;
}

void append_number(std::string& out, Quantity number) {
  char digits[24];
  out.append(digits, std::to_chars(digits, digits + sizeof digits, number).ptr);
}

void append_csv_row(std::string& out, const Item& item, const Level* level,
                    const std::vector<std::string>& warehouses) {
  const auto threshold = [&](const Threshold& value) {
    if (!value.is_default()) append_number(out, value.value_or(0));
    out += ',';
  };
  append_csv_cell(out, guard_formula(item.sku));
  out += ',';
  append_csv_cell(out, guard_formula(item.title));
  out += ',';
  append_number(out, item.safety_stock);
  out += ',';
  threshold(item.low_threshold);
  threshold(item.critical_threshold);
  if (level != nullptr) append_csv_cell(out, guard_formula(warehouses[level->warehouse]));
  out += ',';
  if (level != nullptr) append_number(out, level->on_hand);
  out += '\n';
}

void append_json_row(std::string& out, const Item& item, const Level* level,
                     const std::vector<std::string>& warehouses) {
  JsonWriter json(out);
  const auto threshold = [&](std::string_view field, const Threshold& value) {
    json.key(field);
    if (value.is_default()) {
      json.null();
    } else {
      json.value(value.value_or(0));
    }
  };
  json.begin_object();
  json.field("sku", item.sku).field("title", item.title).field("safety_stock", item.safety_stock);
  threshold("low_threshold", item.low_threshold);
  threshold("critical_threshold", item.critical_threshold);
  if (level != nullptr) {
    json.field("warehouse", warehouses[level->warehouse]).field("quantity", level->on_hand);
  } else {
    json.key("warehouse").null().key("quantity").null();
  }
  json.end_object();
  out += '\n';
}

}  // namespace

domain::Result<ExportReport> export_stock(store::Store& store, domain::TenantId tenant, RowFormat format,
                                          const ByteSink& sink, const store::Progress& progress) {
  ExportReport report;
  std::string out;
  if (format == RowFormat::csv) {
    out = "sku,title,safety_stock,low_threshold,critical_threshold,warehouse,quantity\n";
  }
  const auto append_row = format == RowFormat::csv ? append_csv_row : append_json_row;
  store::ItemQuery query{.limit = page_items};
  std::vector<std::string> cells;
  std::string last_sku;
  const auto visit = [&](const Item& item, const Warehouses& warehouses) {
    if (cells.empty()) cells = warehouse_cells(warehouses);
    for (const Level& level : item.levels) append_row(out, item, &level, cells);
    if (item.levels.empty()) append_row(out, item, nullptr, cells);
    ++report.items;
    report.rows += std::max<std::size_t>(item.levels.size(), 1);
    last_sku = item.sku;
  };
  for (;;) {
    cells.clear();
    const auto page = store::wait(store.list_items(tenant, query, visit));
    if (!page) return std::unexpected(page.error());
    if (auto sent = sink(out); !sent) return std::unexpected(std::move(sent.error()));
    out.clear();
    if (progress) progress(report.items, page->total);
    if (!page->has_more) return report;
    query.after = last_sku;
  }
}

}  // namespace nexus::service
