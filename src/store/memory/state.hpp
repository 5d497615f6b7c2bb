#pragma once

#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "domain/events.hpp"
#include "domain/view.hpp"

namespace nexus::store::memory {

// One tenant's state (or, under the id that no tenant has, the store's tenants and keys) in plain maps. A
// copy is a state of its own. Not for several threads.
class State final : public domain::View, public domain::Editor {
 public:
  const domain::Tenant* find_tenant(std::string_view name) const override;
  const domain::Tenant* find_tenant(domain::TenantId id) const override;
  const domain::ApiKey* find_key(domain::KeyId id) const override;
  domain::FoundItem look_up_item(std::string_view sku) const override;
  domain::WarehousesPtr warehouses() const override;
  domain::ReservationPtr find_reservation(domain::ReservationId id) const override;
  domain::ReservationPtr find_held(std::string_view reference) const override;
  domain::AnswerPtr find_answer(std::string_view key) const override;

  void put_tenant(const domain::Tenant& tenant) override;
  void put_key(const domain::ApiKey& key) override;
  domain::ApiKey* edit_key(domain::KeyId id) override;
  void put_warehouse(domain::WarehouseNumber number, const domain::Warehouse& warehouse) override;
  void touch_items_of(domain::WarehouseNumber number, domain::Time at) override;
  domain::Item* edit_item(std::string_view sku) override;
  domain::ReservationPtr reservation_to_edit(domain::ReservationId id) override;
  void put_reservation(domain::ReservationPtr reservation) override;
  void keep_answer(const domain::AnswerKept& answer) override;

  // Drops what is kept under an idempotency key until `now` or less.
  void forget_answers(domain::Time now);

  // Everything, each in the order that its readers promise. Deleted items are among them.
  const std::map<domain::TenantId, domain::Tenant>& all_tenants() const { return tenants_; }
  const std::map<domain::KeyId, domain::ApiKey>& all_keys() const { return keys_; }
  const std::map<std::string, domain::Item, std::less<>>& all_items() const { return items_; }
  const std::map<domain::ReservationId, domain::ReservationPtr>& all_reservations() const {
    return reservations_;
  }
  const std::map<std::string, domain::ReservationPtr, std::less<>>& all_held() const { return held_; }

 private:
  std::map<domain::TenantId, domain::Tenant> tenants_;
  std::map<domain::KeyId, domain::ApiKey> keys_;
  domain::WarehousesPtr warehouses_ = std::make_shared<domain::Warehouses>();
  std::map<std::string, domain::Item, std::less<>> items_;
  std::map<domain::ReservationId, domain::ReservationPtr> reservations_;
  std::map<std::string, domain::ReservationPtr, std::less<>> held_;  // by reference
  std::map<std::string, domain::AnswerPtr, std::less<>> answers_;
};

}  // namespace nexus::store::memory
