#include <utility>

#include "domain/text_rules.hpp"
#include "http/api/field_rules.hpp"
#include "http/api/json_body.hpp"
#include "http/api/request_bodies.hpp"

namespace nexus::http {

namespace {

using domain::Result;

enum ItemField : std::size_t { title, safety_stock, low_threshold, critical_threshold, item_sku };

constexpr std::array<std::string_view, 5> item_names = {"title", "safety_stock", "low_threshold",
                                                        "critical_threshold", "sku"};

// What a body says of an item; what it leaves out is absent.
Result<domain::ChangeItem> read_item_fields(const JsonFields<item_names>& fields) {
  domain::ChangeItem item;
  if (fields.has(title)) {
    auto text = read_text(fields, title, 0, domain::title_characters_max);
    if (!text) return std::unexpected(std::move(text.error()));
    item.title = std::move(*text);
  }
  if (fields.has(safety_stock)) {
    const auto value = read_stock_setting(fields, safety_stock);
    if (!value) return std::unexpected(value.error());
    item.safety_stock = *value;
  }
  if (fields.has(low_threshold)) {
    const auto value = read_threshold(fields, low_threshold);
    if (!value) return std::unexpected(value.error());
    item.low_threshold = *value;
  }
  if (fields.has(critical_threshold)) {
    const auto value = read_threshold(fields, critical_threshold);
    if (!value) return std::unexpected(value.error());
    item.critical_threshold = *value;
  }
  return item;
}

enum WarehouseField : std::size_t { name, address, is_active, type, marketplace };

constexpr std::array<std::string_view, 3> warehouse_change_names = {"name", "address", "is_active"};
constexpr std::array<std::string_view, 5> warehouse_names = {"name", "address", "is_active", "type",
                                                             "marketplace"};

}  // namespace

Result<domain::Request> read_new_item(std::string_view body) {
  const auto object = parse_json_object(body);
  if (!object) return std::unexpected(object.error());
  const auto fields = JsonFields<item_names>::read(*object, {});
  if (!fields) return std::unexpected(fields.error());
  std::string sku;
  if (auto ok = read_sku(*fields, item_sku, sku); !ok) return std::unexpected(std::move(ok.error()));
  auto item = read_item_fields(*fields);
  if (!item) return std::unexpected(std::move(item.error()));
  return domain::CreateItem{
      .sku = std::move(sku),
      .settings = {.title = item->title.value_or(""),
                   .safety_stock = item->safety_stock.value_or(0),
                   .low_threshold = item->low_threshold.value_or(domain::Threshold()),
                   .critical_threshold = item->critical_threshold.value_or(domain::Threshold())}};
}

Result<domain::Request> read_item_change(std::string_view body, std::string path_sku,
                                         domain::AcceptedVersions if_match) {
  const auto object = parse_json_object(body);
  if (!object) return std::unexpected(object.error());
  const auto fields = JsonFields<item_names>::read(*object, {});
  if (!fields) return std::unexpected(fields.error());
  if (fields->has(item_sku)) return fields->refuse(item_sku, "cannot be changed");
  auto item = read_item_fields(*fields);
  if (!item) return std::unexpected(std::move(item.error()));
  item->sku = std::move(path_sku);
  item->if_match = std::move(if_match);
  return std::move(*item);
}

Result<domain::Request> read_new_warehouse(std::string_view body) {
  const auto object = parse_json_object(body);
  if (!object) return std::unexpected(object.error());
  const auto fields = JsonFields<warehouse_names>::read(*object, {});
  if (!fields) return std::unexpected(fields.error());
  if (fields->has(is_active))
    return fields->refuse(is_active, "cannot be set here: a new warehouse is active");
  domain::CreateWarehouse warehouse;
  auto text = read_text(*fields, name, 1, domain::name_characters_max);
  if (!text) return std::unexpected(text.error());
  warehouse.name = std::move(*text);
  const auto type_text = fields->text(type);
  if (!type_text) return std::unexpected(type_text.error());
  const auto parsed = domain::parse_warehouse_type(*type_text);
  if (!parsed) return fields->refuse(type, "must be one of own, 3PL, FBA and FBS");
  warehouse.type = *parsed;
  if (fields->has(address)) {
    text = read_text(*fields, address, 1, domain::address_characters_max);
    if (!text) return std::unexpected(text.error());
    warehouse.address = std::move(*text);
  }
  if (fields->has(marketplace)) {
    text = read_text(*fields, marketplace, 1, domain::marketplace_characters_max);
    if (!text) return std::unexpected(text.error());
    warehouse.marketplace = std::move(*text);
  }
  return warehouse;
}

Result<domain::Request> read_warehouse_change(std::string_view body, std::string_view id) {
  const auto object = parse_json_object(body);
  if (!object) return std::unexpected(object.error());
  const auto fields = JsonFields<warehouse_change_names>::read(*object, {});
  if (!fields) return std::unexpected(fields.error());
  domain::ChangeWarehouse change{.id = id};
  if (fields->has(name)) {
    auto text = read_text(*fields, name, 1, domain::name_characters_max);
    if (!text) return std::unexpected(text.error());
    change.name = std::move(*text);
  }
  if (fields->is_null(address)) {
    change.address.emplace(std::nullopt);
  } else if (fields->has(address)) {
    auto text = read_text(*fields, address, 1, domain::address_characters_max);
    if (!text) return std::unexpected(text.error());
    change.address.emplace(std::move(*text));
  }
  if (fields->has(is_active)) {
    const auto flag = fields->boolean(is_active);
    if (!flag) return std::unexpected(flag.error());
    change.is_active = *flag;
  }
  return change;
}

}  // namespace nexus::http
