#include "store/embedded/state.hpp"

#include <cassert>

namespace nexus::store::embedded {

std::uint64_t State::count_items() const {
  std::uint64_t items = 0;
  for (const auto& [id, tenant] : tenants) items += tenant->items.size();
  return items;
}

void State::put_reservation(TenantState& tenant, domain::ReservationPtr reservation) {
  if (reservation->expires_at) {
    const Expiry expiry{*reservation->expires_at, tenant.id, reservation->id};
    if (reservation->status == domain::ReservationStatus::held) {
      expiries.insert(expiry);
    } else {
      expiries.erase(expiry);
    }
  }
  tenant.reservations.put(std::move(reservation));
}

std::uint32_t State::mark_changed(TenantState& tenant, SlotId id) {
  Slot& slot = tenant.items[id];
  Window& window = open_window();
  // The place may be of a window that is gone: what stands there tells.
  if (slot.place_in_window < window.items().size()) {
    const auto& there = window.items()[slot.place_in_window];
    if (there.tenant == &tenant && there.slot == id) return slot.place_in_window;
  }
  slot.place_in_window = window.add_item(tenant, id);
  return slot.place_in_window;
}

void State::prefetch_changed(const TenantState& tenant, SlotId id) const {
  open_window().prefetch_item(tenant.items[id].place_in_window);
}

void State::add_line(TenantState& tenant, SlotId id, std::uint64_t sequence, Window::Place place) {
  assert(sequence == open_window().end_sequence());
  const auto item = mark_changed(tenant, id);
  Slot& slot = tenant.items[id];
  open_window().add_event({.previous = slot.newest_line, .place = place, .item = item});
  open_window().count_line(item);
  slot.newest_line = sequence;
}

}  // namespace nexus::store::embedded
