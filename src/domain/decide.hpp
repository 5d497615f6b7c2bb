#pragma once

#include <cstdint>
#include <memory>
#include <variant>
#include <vector>

#include "domain/commands.hpp"
#include "domain/draft.hpp"
#include "domain/error.hpp"
#include "domain/events.hpp"
#include "domain/view.hpp"

namespace nexus::domain {

// What an answer to the caller needs beyond the events themselves.

struct NothingMore {};

// The record as it is after the command; of a PUT also which event is its adjustment.
struct RecordOutcome {
  Item item;
  WarehousesPtr warehouses;
  std::optional<std::size_t> adjustment;  // index into the events
};

// One for each update, in their order: the index of its adjustment among the events, or why there is none.
struct UpdatesOutcome {
  std::vector<std::variant<std::size_t, UpdateError>> results;
  std::size_t updated = 0;
  WarehousesPtr warehouses;
};

struct ReservationOutcome {
  ReservationPtr reservation;
  WarehousesPtr warehouses;
};

struct RowError {
  std::size_t index;  // of the row in the command
  std::string message;
};

struct ImportOutcome {
  std::size_t items_created = 0;
  std::size_t items_changed = 0;
  std::size_t warehouses_created = 0;
  std::size_t levels_adjusted = 0;
  std::size_t rows_unchanged = 0;
  std::vector<RowError> errors;
};

using Outcome = std::variant<NothingMore, RecordOutcome, UpdatesOutcome, Warehouse, ReservationOutcome,
                             Tenant, ApiKey, ImportOutcome>;

// The clock's reading and the sequence number that the first event will have: all that a decision needs from
// outside.
struct Stamp {
  Time now;
  std::uint64_t sequence = 0;
};

struct Decision {
  std::vector<Event> events;  // none when the state is as asked already
  Outcome outcome;
  std::unique_ptr<Draft> draft;  // on top of the view that the decision was taken on, with the events applied
};

// Judges a command against the state. Pure: it reads nothing but its arguments and changes none of them, so
// that it may be taken again when the view turns out to be outdated.
//
// Where several refusals apply, the first of this order is given (API.md section 1): 404 of the reservation
// that the path names, 404 SKU, 404 warehouse, 403 read-only, 409, 412, 422. Among the updates of an atomic
// bulk, that of the first one refused.
Result<Decision> decide(const Command& command, const View& view, Stamp stamp);

// True for commands that touch more than they name (a warehouse's change gives every record in it a new
// version): an engine decides and applies such a one by itself.
bool touches_whole_warehouse(const Command& command);

}  // namespace nexus::domain
