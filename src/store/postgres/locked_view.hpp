#pragma once

#include <functional>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include <boost/unordered/unordered_flat_map.hpp>

#include "domain/view.hpp"
#include "store/postgres/rows.hpp"
#include "store/postgres/warehouse_cache.hpp"
#include "store/text_hash.hpp"

namespace nexus::store::postgres {

// What a transaction has locked and read, as decide() looks at it. Asking for an item that was not read is a
// bug.
class LockedView final : public domain::View {
 public:
  // Takes in what the statements gave, all before the first look.
  void expect_items(const std::vector<std::string>& skus);
  void add_items(const Rows& rows);
  void add_reservations(const Rows& rows);
  void add_held(const Rows& rows);
  // Answers that expired until `now` are none.
  void add_answers(const Rows& rows, domain::Time now);
  void add_tenants(const Rows& rows);
  void add_keys(const Rows& rows);
  void set_warehouses(TenantWarehousesPtr warehouses);

  // Null when there is no row.
  const ItemRow* find_row(std::string_view sku) const;
  const TenantWarehouses& tenant_warehouses() const { return *warehouses_; }
  const std::vector<domain::ReservationPtr>& reservations() const { return reservations_; }

  // The youngest that was read: what follows has a later number, and no earlier moment.
  std::uint64_t last_sequence() const { return last_sequence_; }
  domain::Time last_change() const { return last_change_; }

  const domain::Tenant* find_tenant(std::string_view name) const override;
  const domain::Tenant* find_tenant(domain::TenantId id) const override;
  const domain::ApiKey* find_key(domain::KeyId id) const override;
  domain::FoundItem look_up_item(std::string_view sku) const override;
  domain::WarehousesPtr warehouses() const override { return warehouses_->list; }
  domain::ReservationPtr find_reservation(domain::ReservationId id) const override;
  domain::ReservationPtr find_held(std::string_view reference) const override;
  domain::AnswerPtr find_answer(std::string_view key) const override;

 private:
  // Null for one that has no row.
  boost::unordered_flat_map<std::string, std::unique_ptr<ItemRow>, TextHash, std::equal_to<>> items_;
  std::vector<domain::ReservationPtr> reservations_;
  std::vector<domain::ReservationPtr> held_;
  std::vector<domain::AnswerPtr> answers_;
  std::vector<domain::Tenant> tenants_;
  std::vector<domain::ApiKey> keys_;
  TenantWarehousesPtr warehouses_ = std::make_shared<const TenantWarehouses>();
  std::uint64_t last_sequence_ = 0;
  domain::Time last_change_;
};

}  // namespace nexus::store::postgres
