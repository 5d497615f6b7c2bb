#pragma once

#include <cstddef>
#include <string>

#include "domain/availability.hpp"
#include "domain/decide.hpp"
#include "domain/events.hpp"
#include "domain/item.hpp"
#include "domain/reservation.hpp"
#include "domain/warehouse.hpp"
#include "store/queries.hpp"

namespace nexus::http {

// What the API shows of the domain, as JSON text appended to `out`. Fields stand in the order of the
// reference.

// An inventory record as a list has it, or with the fields that GET of a single SKU adds.
enum class RecordForm { list, detail };
void append_record(std::string& out, const domain::Item& item, const domain::Warehouses& warehouses,
                   RecordForm form);

// A line of the ledger as the history has it, or with the version that the write made.
enum class AdjustmentForm { history, applied };
void append_adjustment(std::string& out, const store::Adjustment& adjustment,
                       const domain::Warehouses& warehouses, AdjustmentForm form);

// The adjustment that is event `index` of a commit. Views into the commit.
store::Adjustment adjustment_of(const domain::Commit& commit, std::size_t index);

void append_warehouse(std::string& out, const domain::Warehouse& warehouse);

void append_reservation(std::string& out, const domain::Reservation& reservation,
                        const domain::Warehouses& warehouses);

}  // namespace nexus::http
