#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <utility>
#include <vector>

#include "domain/error.hpp"
#include "domain/ids.hpp"
#include "domain/warehouse.hpp"
#include "store/embedded/database.hpp"
#include "store/embedded/prefetch.hpp"
#include "store/embedded/state.hpp"
#include "store/maintenance.hpp"

namespace nexus::store::embedded {

// What the records say of themselves, beside what is in the state.
struct LoadedRecords {
  // The loaded items of a tenant.
  struct Items {
    std::vector<SlotId> in_order;       // of their SKUs' bytes
    std::vector<std::uint64_t> stamps;  // by slot, as far as some are newer than the mark; the others are 0

    void prefetch_stamp(SlotId slot) const {
      if (slot < stamps.size()) prefetch_bytes(&stamps[slot], sizeof stamps[slot]);
    }
    std::uint64_t stamp(SlotId slot) const { return slot < stamps.size() ? stamps[slot] : 0; }
  };

  // Up to which event each record reflects the log. Records copied while writes went on know more than the
  // checkpoint's mark says, and an event must not be applied twice.
  std::map<domain::TenantId, Items> items;
  std::map<std::pair<domain::TenantId, domain::WarehouseNumber>, std::uint64_t> warehouses;
  std::map<std::pair<domain::TenantId, domain::ReservationId>, std::uint64_t> reservations;
  std::map<domain::KeyId, std::uint64_t> keys;
};

// Up to `parts - 1` keys of items, ascending, between which the records of items take about equally many
// bytes.
domain::Result<std::vector<std::string>> split_items(Database& database, std::size_t parts);

// Loads all records into an empty state, for a replay of what comes after the sequence `mark`: what is
// between two of the keys `splits` by a thread of its own, and the rest by the calling one. The state is the
// same whatever they are. UNAVAILABLE, naming the record or the file, when something is damaged.
domain::Result<LoadedRecords> load_records(Database& database, State& state, std::uint64_t mark,
                                           const std::vector<std::string>& splits, const Progress& progress);

}  // namespace nexus::store::embedded
