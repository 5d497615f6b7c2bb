#pragma once

#include <cstddef>
#include <string>
#include <vector>

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

// What an answer says of the warehouses over and over, written once: for one answer, to one set of
// warehouses.
class WarehouseTexts {
 public:
  // `"warehouse_id":"wh_…"`
  std::string_view id(const domain::Warehouses& warehouses, domain::WarehouseNumber number);
  // `"warehouse_id":"wh_…","name":"…"`
  std::string_view id_and_name(const domain::Warehouses& warehouses, domain::WarehouseNumber number);

 private:
  struct Text {
    std::string id_and_name;
    std::size_t id_size = 0;
  };
  const Text& text(const domain::Warehouses& warehouses, domain::WarehouseNumber number);

  std::vector<Text> texts_;
};

void append_record(JsonText& out, const domain::Item& item, const domain::Warehouses& warehouses,
                   WarehouseTexts& texts, RecordForm form);

void append_adjustment(JsonText& out, const store::Adjustment& adjustment,
                       const domain::Warehouses& warehouses, WarehouseTexts& texts, AdjustmentForm form);

// The adjustment that is event `index` of a commit. Views into the commit.
store::Adjustment adjustment_of(const domain::Commit& commit, std::size_t index);

void append_warehouse(JsonText& out, const domain::Warehouse& warehouse);

void append_reservation(JsonText& out, const domain::Reservation& reservation,
                        const domain::Warehouses& warehouses, WarehouseTexts& texts);

}  // namespace nexus::http
