#include "service/host/stock_rows.hpp"

#include "domain/text_rules.hpp"
#include "service/host/csv_rows.hpp"
#include "service/host/ndjson_rows.hpp"

namespace nexus::service {

std::string_view name(RowFormat format) {
  return format == RowFormat::csv ? "csv" : "ndjson";
}

std::optional<RowFormat> parse_row_format(std::string_view text) {
  if (text == "csv") return RowFormat::csv;
  if (text == "ndjson") return RowFormat::ndjson;
  return std::nullopt;
}

std::unique_ptr<RowReader> make_row_reader(RowFormat format, ByteSource source) {
  if (format == RowFormat::csv) return std::make_unique<CsvRows>(std::move(source));
  return std::make_unique<NdjsonRows>(std::move(source));
}

domain::Result<void> check_row(const domain::ImportRow& row) {
  if (auto good = domain::check_sku("sku", row.sku); !good) return good;
  if (row.title) {
    if (auto good = domain::check_text("title", *row.title, 0, domain::title_characters_max); !good) {
      return good;
    }
  }
  if (row.safety_stock) {
    if (auto good = domain::check_stock_setting("safety_stock", *row.safety_stock); !good) return good;
  }
  for (const auto& [field, threshold] : {std::pair("low_threshold", row.low_threshold),
                                         std::pair("critical_threshold", row.critical_threshold)}) {
    if (!threshold || threshold->is_default()) continue;
    if (auto good = domain::check_stock_setting(field, threshold->value_or(0)); !good) return good;
  }
  if (row.warehouse) {
    if (auto good = domain::check_text("warehouse", *row.warehouse, 1, domain::name_characters_max); !good) {
      return good;
    }
  }
  if (row.quantity) {
    if (auto good = domain::check_stock_setting("quantity", *row.quantity); !good) return good;
  }
  if (row.quantity && !row.warehouse) {
    return domain::fail(domain::ErrorCode::validation_error, "quantity stands without a warehouse");
  }
  if (row.warehouse && !row.quantity) {
    return domain::fail(domain::ErrorCode::validation_error, "warehouse stands without a quantity");
  }
  return {};
}

}  // namespace nexus::service
