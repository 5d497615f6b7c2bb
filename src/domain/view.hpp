#pragma once

#include <bit>
#include <cstdint>
#include <memory>
#include <span>
#include <string_view>

#include "domain/access.hpp"
#include "domain/events.hpp"
#include "domain/item.hpp"
#include "domain/reservation.hpp"
#include "domain/warehouse.hpp"

namespace nexus::domain {

using ReservationPtr = std::shared_ptr<const Reservation>;
using AnswerPtr = std::shared_ptr<const AnswerKept>;

// An item as a view shows it.
struct FoundItem {
  const Item* item = nullptr;  // null when the SKU was never made
  // Tells it from all other items of the state at the bottom, however it was edited on top of that; 0 when it
  // is not there.
  std::uint64_t mark = 0;

  // Of a state that never moves an item.
  static FoundItem by_address(const Item* item) { return {item, std::bit_cast<std::uintptr_t>(item)}; }
};

// What a decision may look at: one tenant's state (or, for the commands without a tenant, the store's tenants
// and keys) at one moment. Pointers to items stay good while the view does not change.
class View {
 public:
  virtual ~View() = default;

  // Null when no tenant has the name.
  virtual const Tenant* find_tenant(std::string_view name) const = 0;
  virtual const Tenant* find_tenant(TenantId id) const = 0;
  virtual const ApiKey* find_key(KeyId id) const = 0;

  // A deleted one is found, with `is_deleted`.
  virtual FoundItem look_up_item(std::string_view sku) const = 0;
  // The item alone.
  const Item* find_item(std::string_view sku) const { return look_up_item(sku).item; }
  // Says that these are looked up soon. A view that can fetch several as quickly as one does so.
  virtual void prefetch_items(std::span<const std::string_view> /*skus*/) const {}
  // Never null.
  virtual WarehousesPtr warehouses() const = 0;
  // Whether held or closed; null when there is none.
  virtual ReservationPtr find_reservation(ReservationId id) const = 0;
  // Of the held ones only: a closed reservation's reference may be used again.
  virtual ReservationPtr find_held(std::string_view reference) const = 0;
  // Null when nothing was kept under the idempotency key, or is no more.
  virtual AnswerPtr find_answer(std::string_view key) const = 0;
};

// What `apply` changes. An engine that replays events onto state that may already hold some of them answers
// null where the event is in the state already; `apply` then leaves that part alone.
class Editor {
 public:
  virtual ~Editor() = default;

  virtual void put_tenant(const Tenant& tenant) = 0;
  virtual void put_key(const ApiKey& key) = 0;
  // Null when the key is not there (or is newer).
  virtual ApiKey* edit_key(KeyId id) = 0;

  // Appends when `number` is the count of warehouses, else replaces.
  virtual void put_warehouse(WarehouseNumber number, const Warehouse& warehouse) = 0;
  // Gives every item with a level in the warehouse a new version, as made at `at`.
  virtual void touch_items_of(WarehouseNumber number, Time at) = 0;

  // The item to change, null when it is newer. Made empty when there is none.
  virtual Item* edit_item(std::string_view sku) = 0;

  // Null when there is none, or it is newer.
  virtual ReservationPtr reservation_to_edit(ReservationId id) = 0;
  virtual void put_reservation(ReservationPtr reservation) = 0;

  virtual void keep_answer(const AnswerKept& answer) = 0;
};

}  // namespace nexus::domain
