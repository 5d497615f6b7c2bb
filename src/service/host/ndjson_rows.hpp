#pragma once

#include <simdjson.h>

#include "service/host/stock_rows.hpp"

namespace nexus::service {

// Rows of a file with one JSON object a line. Empty lines are skipped.
class NdjsonRows final : public RowReader {
 public:
  explicit NdjsonRows(ByteSource source) : window_(std::move(source)), parser_(ndjson_line_bytes_max) {}

  domain::Result<std::optional<RowLine>> next() override;
  std::uint64_t bytes_consumed() const override { return window_.consumed(); }

 private:
  enum class Line : std::uint8_t { whole, too_long, none };
  domain::Result<Line> read_line();
  domain::Result<domain::ImportRow> parse_line();

  InputWindow window_;
  std::string text_;  // of the line
  std::uint64_t line_ = 0;
  simdjson::dom::parser parser_;
};

}  // namespace nexus::service
