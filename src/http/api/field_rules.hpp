#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "domain/error.hpp"
#include "domain/item.hpp"
#include "domain/named_warehouse.hpp"
#include "domain/text_rules.hpp"
#include "http/api/json_body.hpp"

namespace nexus::http {

// How fields that several bodies have are read. `Fields` is a JsonFields.

// An id is compared, not understood: one that no warehouse has is unknown, however it looks. Longer than any
// id is refused before it gets into a message.
inline constexpr std::size_t id_bytes_max = 64;

// Read into the place where the row has it: a bulk has hundreds of rows.
template <typename Fields>
domain::Result<void> read_sku(const Fields& fields, std::size_t at, std::string& sku) {
  const auto text = fields.text(at);
  if (!text) return std::unexpected(text.error());
  auto ok = fields.judge(at, [&](std::string_view field) { return domain::check_sku(field, *text); });
  if (ok) sku = *text;
  return ok;
}

template <typename Fields>
domain::Result<void> read_warehouse_id(const Fields& fields, std::size_t at, domain::NamedWarehouse& id) {
  const auto text = fields.text(at);
  if (!text) return std::unexpected(text.error());
  if (text->empty() || text->size() > id_bytes_max) return fields.refuse(at, "must be the id of a warehouse");
  id = domain::NamedWarehouse(*text);
  return {};
}

template <typename Fields>
domain::Result<std::string> read_text(const Fields& fields, std::size_t at, std::size_t min,
                                      std::size_t max) {
  const auto text = fields.text(at);
  if (!text) return std::unexpected(text.error());
  auto ok =
      fields.judge(at, [&](std::string_view field) { return domain::check_text(field, *text, min, max); });
  if (!ok) return std::unexpected(std::move(ok.error()));
  return std::string(*text);
}

template <typename Fields>
domain::Result<domain::Quantity> read_stock_setting(const Fields& fields, std::size_t at) {
  const auto value = fields.integer(at);
  if (!value) return std::unexpected(value.error());
  auto ok =
      fields.judge(at, [&](std::string_view field) { return domain::check_stock_setting(field, *value); });
  if (!ok) return std::unexpected(std::move(ok.error()));
  return *value;
}

// Null is the default again.
template <typename Fields>
domain::Result<domain::Threshold> read_threshold(const Fields& fields, std::size_t at) {
  if (fields.is_null(at)) return domain::Threshold();
  const auto value = read_stock_setting(fields, at);
  if (!value) return std::unexpected(value.error());
  return domain::Threshold(*value);
}

// 1 to `max` objects, each read by `read_row(object, path, row)`. For a list at the top of a body.
template <typename Row, typename Fields, typename ReadRow>
domain::Result<std::vector<Row>> read_array(const Fields& fields, std::size_t at, std::size_t max,
                                            ReadRow&& read_row) {
  const std::string list = fields.name(at);
  if (!fields.has(at)) return fields.refuse(at, "is required");
  simdjson::dom::array array;
  if (fields.value(at).get(array) != simdjson::SUCCESS) return fields.refuse(at, "must be an array");
  const auto rule = "must have 1 to " + std::to_string(max) + " entries";
  std::vector<Row> rows;
  rows.reserve(std::min(array.size(), max));
  for (const auto element : array) {
    if (rows.size() == max) return fields.refuse(at, rule);
    const JsonPath path{.list = list, .index = rows.size()};
    simdjson::dom::object object;
    if (element.get(object) != simdjson::SUCCESS) {
      return refuse_field({}, list + '[' + std::to_string(path.index) + ']', "must be an object");
    }
    if (auto read = read_row(object, path, rows.emplace_back()); !read) {
      return std::unexpected(std::move(read.error()));
    }
  }
  if (rows.empty()) return fields.refuse(at, rule);
  return rows;
}

}  // namespace nexus::http
