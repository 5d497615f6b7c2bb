#include "service/host/csv_rows.hpp"

#include <algorithm>
#include <charconv>

namespace nexus::service {

namespace {

using domain::ErrorCode;
using domain::fail;
using domain::ImportRow;
using domain::Quantity;
using domain::Result;
using domain::Threshold;

enum Column : std::size_t {
  sku,
  title,
  safety_stock,
  low_threshold,
  critical_threshold,
  warehouse,
  quantity
};

constexpr std::array<std::string_view, 7> column_names = {
    "sku", "title", "safety_stock", "low_threshold", "critical_threshold", "warehouse", "quantity"};

std::string shown(std::string_view text) {
  constexpr std::size_t bytes_max = 60;
  return text.size() <= bytes_max ? std::string(text) : std::string(text.substr(0, bytes_max)) + "…";
}

Result<Quantity> parse_quantity(std::string_view column, std::string_view cell) {
  Quantity value = 0;
  const auto [end, error] = std::from_chars(cell.data(), cell.data() + cell.size(), value);
  if (error != std::errc{} || end != cell.data() + cell.size() || value < 0 || value > domain::quantity_max) {
    return fail(ErrorCode::validation_error,
                std::string(column) + " must be an integer from 0 to 1000000000000");
  }
  return value;
}

Result<void> put_cell(std::size_t column, std::string_view cell, ImportRow& row) {
  switch (column) {
    case sku:
      row.sku = unguard_formula(cell);
      return {};
    case title:
      row.title = unguard_formula(cell);
      return {};
    case warehouse:
      if (!cell.empty()) row.warehouse = unguard_formula(cell);
      return {};
    default:
      break;
  }
  std::optional<Quantity> number;
  if (!cell.empty()) {
    const auto parsed = parse_quantity(column_names[column], cell);
    if (!parsed) return std::unexpected(parsed.error());
    number = *parsed;
  }
  switch (column) {
    case safety_stock:
      row.safety_stock = number;
      break;
    case low_threshold:
      row.low_threshold = number ? Threshold(*number) : Threshold();
      break;
    case critical_threshold:
      row.critical_threshold = number ? Threshold(*number) : Threshold();
      break;
    default:
      row.quantity = number;
  }
  return {};
}

std::string lower_case(std::string_view text) {
  std::string lower(text);
  std::ranges::transform(lower, lower.begin(),
                         [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c; });
  return lower;
}

std::unexpected<domain::Error> refuse_header(std::string why) {
  return fail(ErrorCode::validation_error,
              "the header " + std::move(why) +
                  "; the columns are sku (required), title, safety_stock, low_threshold, critical_threshold, "
                  "warehouse and quantity, separated by commas");
}

}  // namespace

Result<void> CsvRows::read_header() {
  const auto more = reader_.next(record_);
  if (!more) return std::unexpected(more.error());
  if (!*more) return refuse_header("is missing: the file is empty");
  if (!record_.fault.empty()) return refuse_header(std::string(record_.fault));
  if (record_.cells.front().starts_with("\xFF\xFE") || record_.cells.front().starts_with("\xFE\xFF")) {
    return refuse_header("is in UTF-16: save the file as UTF-8");
  }
  for (const std::string& cell : record_.cells) {
    const auto found = std::ranges::find(column_names, lower_case(cell));
    if (found == column_names.end()) return refuse_header("has an unknown column \"" + shown(cell) + "\"");
    const auto column = static_cast<std::size_t>(found - column_names.begin());
    if (std::ranges::find(columns_, column) != columns_.end()) {
      return refuse_header("names the column \"" + std::string(*found) + "\" twice");
    }
    columns_.push_back(column);
  }
  if (std::ranges::find(columns_, static_cast<std::size_t>(sku)) == columns_.end()) {
    return refuse_header("has no column \"sku\"");
  }
  return {};
}

Result<std::optional<RowLine>> CsvRows::next() {
  if (columns_.empty()) {
    if (const auto header = read_header(); !header) return std::unexpected(header.error());
  }
  const auto more = reader_.next(record_);
  if (!more) return std::unexpected(more.error());
  if (!*more) return std::nullopt;
  if (!record_.fault.empty()) return RowLine{.line = record_.line, .content = std::string(record_.fault)};
  if (record_.cells.size() != columns_.size()) {
    return RowLine{.line = record_.line,
                   .content = "has " + std::to_string(record_.cells.size()) + " cells where the header has " +
                              std::to_string(columns_.size())};
  }
  ImportRow row;
  for (std::size_t i = 0; i < columns_.size(); ++i) {
    if (const auto put = put_cell(columns_[i], record_.cells[i], row); !put) {
      return RowLine{.line = record_.line, .content = put.error().message};
    }
  }
  if (const auto good = check_row(row); !good) {
    return RowLine{.line = record_.line, .content = good.error().message};
  }
  return RowLine{.line = record_.line, .content = std::move(row)};
}

}  // namespace nexus::service
