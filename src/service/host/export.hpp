#pragma once

#include <cstdint>
#include <functional>
#include <string_view>

#include "service/host/stock_rows.hpp"
#include "store/maintenance.hpp"
#include "store/store.hpp"

namespace nexus::service {

struct ExportReport {
  std::uint64_t items = 0;
  std::uint64_t rows = 0;
};

// Takes the next piece of the output; an error ends the export.
using ByteSink = std::function<domain::Result<void>(std::string_view piece)>;

// Writes the tenant's items with their levels as import_stock() reads them, in the order of their SKUs: a row
// for each level, one without warehouse for an item that has none. A warehouse is written by its name when no
// other one of the tenant has it, so that the file means the same to another tenant; else by its id.
//
// Pages through the store: every item that exists throughout is in it once, each as it was at one moment.
// `progress` counts items.
domain::Result<ExportReport> export_stock(store::Store& store, domain::TenantId tenant, RowFormat format,
                                          const ByteSink& sink, const store::Progress& progress);

}  // namespace nexus::service
