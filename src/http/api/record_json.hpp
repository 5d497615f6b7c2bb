#pragma once

#include <cstddef>
#include <cstdint>

#include "domain/availability.hpp"
#include "domain/decide.hpp"
#include "domain/events.hpp"
#include "domain/item.hpp"
#include "domain/reservation.hpp"
#include "domain/warehouse.hpp"
#include "http/api/json_text.hpp"
#include "store/queries.hpp"

namespace nexus::http {

// What the API shows of the domain, as JSON. Fields stand in the order of the reference.

// An inventory record as a list has it, or with the fields that GET of a single SKU adds.
enum class RecordForm : std::uint8_t { list, detail };

// A line of the ledger as the history has it, or with the version that the write made.
enum class AdjustmentForm : std::uint8_t { history, applied };

void append_record(JsonText& out, const domain::Item& item, const domain::Warehouses& warehouses,
                   RecordForm form);

void append_adjustment(JsonText& out, const store::Adjustment& adjustment,
                       const domain::Warehouses& warehouses, AdjustmentForm form);

// The adjustment that is event `index` of a commit. Views into the commit.
store::Adjustment adjustment_of(const domain::Commit& commit, std::size_t index);

void append_warehouse(JsonText& out, const domain::Warehouse& warehouse);

void append_reservation(JsonText& out, const domain::Reservation& reservation,
                        const domain::Warehouses& warehouses);

}  // namespace nexus::http
