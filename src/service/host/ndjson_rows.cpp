#include "service/host/ndjson_rows.hpp"

#include <algorithm>
#include <array>

namespace nexus::service {

namespace {

using domain::ErrorCode;
using domain::fail;
using domain::ImportRow;
using domain::Quantity;
using domain::Result;
using domain::Threshold;
using simdjson::dom::element;

std::unexpected<domain::Error> refuse(std::string why) {
  return fail(ErrorCode::validation_error, std::move(why));
}

Result<std::string> as_text(std::string_view field, element value) {
  std::string_view text;
  if (value.get(text) != simdjson::SUCCESS) return refuse(std::string(field) + " must be a string");
  return std::string(text);
}

Result<Quantity> as_quantity(std::string_view field, element value) {
  std::int64_t number = 0;
  // The conversion of simdjson takes no fractions: 5.0 is refused as well.
  if (value.get(number) != simdjson::SUCCESS || number < 0 || number > domain::quantity_max) {
    return refuse(std::string(field) + " must be an integer from 0 to 1000000000000");
  }
  return number;
}

Result<std::optional<Threshold>> as_threshold(std::string_view field, element value) {
  if (value.is_null()) return Threshold();
  const auto number = as_quantity(field, value);
  if (!number) return std::unexpected(number.error());
  return Threshold(*number);
}

template <typename Field, typename Value>
Result<void> put(Field& field, Result<Value> value) {
  if (!value) return std::unexpected(std::move(value.error()));
  field = std::move(*value);
  return {};
}

Result<void> put_field(std::string_view key, element value, ImportRow& row) {
  if (key == "sku") return put(row.sku, as_text(key, value));
  if (key == "title") return put(row.title, as_text(key, value));
  if (key == "low_threshold") return put(row.low_threshold, as_threshold(key, value));
  if (key == "critical_threshold") return put(row.critical_threshold, as_threshold(key, value));
  const bool is_known = key == "safety_stock" || key == "warehouse" || key == "quantity";
  if (!is_known) return refuse("unknown field \"" + std::string(key.substr(0, 60)) + "\"");
  if (value.is_null()) return {};
  if (key == "safety_stock") return put(row.safety_stock, as_quantity(key, value));
  if (key == "warehouse") return put(row.warehouse, as_text(key, value));
  return put(row.quantity, as_quantity(key, value));
}

}  // namespace

Result<NdjsonRows::Line> NdjsonRows::read_line() {
  text_.clear();
  bool is_too_long = false;
  for (;;) {
    const auto view = window_.view();
    const auto end = view.find('\n');
    const auto piece = view.substr(0, end);
    if (text_.size() + piece.size() > ndjson_line_bytes_max) is_too_long = true;
    if (!is_too_long) text_ += piece;
    const bool is_whole = end != std::string_view::npos;
    const bool is_empty_end = view.empty() && window_.is_at_end();
    window_.consume(piece.size() + (is_whole ? 1 : 0));
    if (is_empty_end && text_.empty() && !is_too_long) return Line::none;
    if (is_whole || is_empty_end) {
      ++line_;
      return is_too_long ? Line::too_long : Line::whole;
    }
    if (const auto more = window_.grow(); !more) return std::unexpected(more.error());
  }
}

Result<ImportRow> NdjsonRows::parse_line() {
  simdjson::dom::object object;
  if (const auto error = parser_.parse(text_).get(object)) {
    if (error == simdjson::INCORRECT_TYPE) return refuse("must be a JSON object");
    if (error == simdjson::NUMBER_ERROR) return refuse("has a number that is out of range or malformed");
    return refuse("is not valid JSON");
  }
  ImportRow row;
  std::array<std::string_view, 7> seen;
  std::size_t fields = 0;
  for (const auto field : object) {
    if (std::ranges::find(seen.begin(), seen.begin() + fields, field.key) != seen.begin() + fields) {
      return refuse("gives the field \"" + std::string(field.key) + "\" twice");
    }
    if (auto done = put_field(field.key, field.value, row); !done) return std::unexpected(done.error());
    seen.at(fields++) = field.key;
  }
  if (auto good = check_row(row); !good) return std::unexpected(good.error());
  return row;
}

Result<std::optional<RowLine>> NdjsonRows::next() {
  for (;;) {
    const auto line = read_line();
    if (!line) return std::unexpected(line.error());
    if (*line == Line::none) return std::nullopt;
    if (*line == Line::too_long) {
      return RowLine{.line = line_, .content = "is longer than 65536 bytes"};
    }
    if (line_ == 1 && text_.starts_with("\xEF\xBB\xBF")) text_.erase(0, 3);
    if (text_.find_first_not_of(" \t\r") == std::string::npos) continue;
    auto row = parse_line();
    if (!row) return RowLine{.line = line_, .content = std::move(row.error().message)};
    return RowLine{.line = line_, .content = std::move(*row)};
  }
}

}  // namespace nexus::service
