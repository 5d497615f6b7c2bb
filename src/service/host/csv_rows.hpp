#pragma once

#include <array>
#include <vector>

#include "service/csv.hpp"
#include "service/host/stock_rows.hpp"

namespace nexus::service {

// Rows of a CSV file with a header.
class CsvRows final : public RowReader {
 public:
  explicit CsvRows(ByteSource source) : reader_(std::move(source)) {}

  domain::Result<std::optional<RowLine>> next() override;
  std::uint64_t bytes_consumed() const override { return reader_.bytes_consumed(); }

 private:
  domain::Result<void> read_header();

  CsvReader reader_;
  CsvRecord record_;
  std::vector<std::size_t> columns_;  // by place in the file: which of the known columns stands there
};

}  // namespace nexus::service
