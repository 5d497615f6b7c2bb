#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <variant>

#include "domain/commands.hpp"
#include "service/byte_source.hpp"

namespace nexus::service {

// The form of an import or export. Both have the same columns:
//
//   sku (required), title, safety_stock, low_threshold, critical_threshold, warehouse, quantity
//
// one row (CSV: in any order, after a header that names them; NDJSON: one object a line) for each SKU and
// warehouse. A column that is not there says nothing. Where it is there, an empty title is an empty title, an
// empty threshold (null in NDJSON) is the default one, an empty safety_stock says nothing.
enum class RowFormat : std::uint8_t { csv, ndjson };

std::string_view name(RowFormat format);
std::optional<RowFormat> parse_row_format(std::string_view text);

inline constexpr std::size_t ndjson_line_bytes_max = std::size_t{64} * 1024;

// A line of an input: the row that stands there, or why there is none.
struct RowLine {
  std::uint64_t line = 0;  // from 1
  std::variant<domain::ImportRow, std::string> content;
};

class RowReader {
 public:
  virtual ~RowReader() = default;
  // The next line; nothing at the end. VALIDATION_ERROR when the input as a whole makes no sense (a header
  // without `sku` or with a column that nobody knows); else it fails only as the source does.
  virtual domain::Result<std::optional<RowLine>> next() = 0;
  // How far into the input it has read.
  virtual std::uint64_t bytes_consumed() const = 0;
};

std::unique_ptr<RowReader> make_row_reader(RowFormat format, ByteSource source);

// The row as text_rules.hpp wants it, or what is wrong with it.
domain::Result<void> check_row(const domain::ImportRow& row);

}  // namespace nexus::service
