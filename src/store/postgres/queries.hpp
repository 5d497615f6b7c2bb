#pragma once

#include <optional>
#include <string>
#include <vector>

#include "store/postgres/pool.hpp"
#include "store/postgres/rows.hpp"
#include "store/postgres/warehouse_cache.hpp"
#include "store/queries.hpp"
#include "store/store.hpp"

namespace nexus::store::postgres {

// An item with the warehouses as they were at the same moment.
struct FoundItem {
  domain::Item item;
  domain::WarehousesPtr warehouses;
};

struct FoundPage {
  ItemPage page;
  std::vector<domain::Item> items;
  domain::WarehousesPtr warehouses;
};

// A SKU's history from a moment on back.
struct FoundHistory {
  domain::WarehousesPtr warehouses;
  std::optional<domain::WarehouseNumber> warehouse;
  std::uint64_t end = 0;  // lines from here on are younger
};

// What is asked of the database. On the io_context's one thread.
class Queries {
 public:
  // Both must outlive it.
  Queries(Pool& pool, WarehouseCache& cache) : pool_(pool), cache_(cache) {}

  Awaitable<Result<std::optional<FoundItem>>> find_item(domain::TenantId tenant, std::string_view sku);
  Awaitable<Result<FoundPage>> list_items(domain::TenantId tenant, const ItemQuery& query);
  Awaitable<Result<TenantWarehousesPtr>> warehouses(domain::TenantId tenant);

  Awaitable<Result<FoundHistory>> find_history(domain::TenantId tenant, const AdjustmentQuery& query);
  // The next lines of it before the sequence number `before`, newest first; see HistoryPage.
  Awaitable<Result<Rows>> read_history(domain::TenantId tenant, const AdjustmentQuery& query,
                                       std::optional<domain::WarehouseNumber> warehouse, std::uint64_t before,
                                       std::size_t limit);

  Awaitable<Result<domain::ReservationPtr>> find_reservation(domain::TenantId tenant,
                                                             domain::ReservationId id);
  Awaitable<Result<ReservationPage>> list_reservations(domain::TenantId tenant,
                                                       const ReservationQuery& query);

  Awaitable<Result<std::vector<domain::Tenant>>> tenants();
  Awaitable<Result<std::vector<domain::ApiKey>>> keys(std::optional<domain::TenantId> tenant);

 private:
  static Call call_for_warehouses(domain::TenantId tenant, const TenantWarehouses& known);
  Awaitable<Result<std::optional<domain::WarehouseNumber>>> number_of(
      domain::TenantId tenant, const std::optional<domain::WarehouseId>& warehouse);
  Awaitable<Result<std::pair<std::vector<ItemRow>, TenantWarehousesPtr>>> read_items(domain::TenantId tenant,
                                                                                     const Call& call,
                                                                                     std::uint64_t* total);

  Pool& pool_;
  WarehouseCache& cache_;
};

// What cannot be a SKU is not asked for: the database would not take the bytes.
bool may_be_a_sku(std::string_view sku);

// A line of what read_history() gave. Views are good as long as the rows are.
Adjustment read_adjustment(const Rows& rows, std::size_t row, std::string_view sku);

}  // namespace nexus::store::postgres
