#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "service/host/stock_rows.hpp"
#include "store/maintenance.hpp"
#include "store/store.hpp"

namespace nexus::service {

// How many bad lines an import's report tells in full.
inline constexpr std::size_t bad_lines_reported_max = 100;

struct BadLine {
  std::uint64_t line;
  std::string message;
};

struct ImportReport {
  std::uint64_t rows = 0;  // that were good
  std::uint64_t items_created = 0;
  std::uint64_t items_changed = 0;
  std::uint64_t warehouses_created = 0;
  std::uint64_t levels_adjusted = 0;
  std::uint64_t rows_unchanged = 0;
  std::uint64_t bad_lines = 0;
  std::vector<BadLine> first_bad_lines;  // in the order of the file, at most bad_lines_reported_max
};

struct ImportOptions {
  domain::TenantId tenant;
  std::string actor;
  RowFormat format = RowFormat::csv;
  bool create_warehouses = false;  // own ones, by name
};

// Makes the tenant's stock as the input says, in batches that are each durable by itself. Bad lines are
// reported and left out. The same input again changes nothing: of a SKU's lines, all must say the same of the
// item (or nothing), and no two may name the same warehouse.
//
// Fails when the input as a whole makes no sense, when the source fails, or when the store does; what was
// imported before that stays. `progress` counts bytes of the input.
domain::Result<ImportReport> import_stock(store::Store& store, const ImportOptions& options,
                                          ByteSource source, const store::Progress& progress);

}  // namespace nexus::service
