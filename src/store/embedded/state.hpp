#pragma once

#include <cstdint>
#include <memory>
#include <tuple>
#include <vector>

#include <absl/container/btree_set.h>
#include <boost/unordered/unordered_flat_map.hpp>

#include "domain/ids.hpp"
#include "domain/warehouse.hpp"
#include "store/embedded/directory.hpp"
#include "store/embedded/item_index.hpp"
#include "store/embedded/item_table.hpp"
#include "store/embedded/reservation_book.hpp"
#include "store/embedded/state_mutex.hpp"
#include "store/embedded/window_maker.hpp"

namespace nexus::store::embedded {

// What one tenant has, in memory.
class TenantState {
 public:
  explicit TenantState(domain::TenantId of) : id(of) {}

  const domain::TenantId id;
  ItemTable items;
  ItemIndex index{items};
  domain::WarehousesPtr warehouses = std::make_shared<const domain::Warehouses>();
  ReservationBook reservations;
};

// Everything that reads are served from: what is durable, and nothing else.
//
// Readers hold `mutex` shared, for microseconds. Only the writer thread changes tenants, items, indexes,
// warehouses and the directory, holding it alone; so the writer may read those without it. The windows and
// the closed reservations are changed by the checkpoint too: the writer reads them under the mutex like
// everybody else.
struct State {
  mutable StateMutex mutex;

  Directory directory;
  boost::unordered_flat_map<domain::TenantId, std::unique_ptr<TenantState>, domain::IdHash> tenants;

  // Held reservations that go by themselves, soonest first. The writer's own.
  using Expiry = std::tuple<domain::Time, domain::TenantId, domain::ReservationId>;
  absl::btree_set<Expiry> expiries;

  // Oldest first, without a gap between them; the last one is open. Never empty.
  std::vector<WindowPtr> windows;
  WindowMaker window_maker;  // without the mutex

  std::uint64_t last_sequence = 0;  // of the last event that is in here
  domain::Time last_commit_at;

  // Null when the tenant has nothing.
  TenantState* find(domain::TenantId id) const {
    const auto found = tenants.find(id);
    return found == tenants.end() ? nullptr : found->second.get();
  }
  // Of all tenants, deleted ones too.
  std::uint64_t count_items() const;
  TenantState& find_or_add(domain::TenantId id) {
    auto& place = tenants[id];
    if (!place) place = std::make_unique<TenantState>(id);
    return *place;
  }

  Window& open_window() { return *windows.back(); }
  const Window& open_window() const { return *windows.back(); }

  // Puts the reservation into its tenant's book and among what expires.
  void put_reservation(TenantState& tenant, domain::ReservationPtr reservation);

  // Notes the item as changed in the open window. Returns its index there.
  std::uint32_t mark_changed(TenantState& tenant, SlotId slot);
  // Has the processor fetch what mark_changed() will look at.
  void prefetch_changed(const TenantState& tenant, SlotId slot) const;

  // Notes an adjustment of the item as event `sequence`, which must be the next one of the open window.
  void add_line(TenantState& tenant, SlotId slot, std::uint64_t sequence, Window::Place place);
};

}  // namespace nexus::store::embedded
