#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "domain/access.hpp"
#include "domain/commands.hpp"
#include "domain/decide.hpp"
#include "store/store.hpp"

namespace nexus::cli {

struct DemoTenant {
  std::string name;
  std::string about;  // one line
  std::string id;
  std::string key;  // of every scope; printed, since nothing in a demo is secret
};

// A tenant with a key, and the store's own commands in its name: what a client of the API would send. Every
// command throws std::logic_error when it is refused.
class DemoShop {
 public:
  // `owner` is who the writes are recorded as made by.
  DemoShop(store::Store& store, std::string name, std::string about, std::string owner);

  const DemoTenant& tenant() const { return tenant_; }

  domain::Outcome execute(domain::Request request);
  domain::WarehouseId create_warehouse(domain::CreateWarehouse warehouse);
  domain::ReservationId hold(domain::HoldReservation reservation);

 private:
  store::Store& store_;
  domain::TenantId id_;
  std::string owner_;
  DemoTenant tenant_;
};

// The reference's own example. Its adjustment history is what `?reason=supplier_receipt` selects: each
// quantity on hand is what its adjustments add up to, so that there must be an earlier one that made it 450
// and a later one that left 350.
DemoTenant make_reference_tenant(store::Store& store);

// The products of a real shop, 10,000 of each to begin with, after its order lines were replayed: what an
// order sold was held by one reservation and shipped, what came back was put back. Then each got five times
// what it had sold as its safety stock, so that every status is there to be seen.
DemoTenant make_retail_tenant(store::Store& store);

// Both.
std::vector<DemoTenant> make_demo(store::Store& store);

// Prints the keys, the URL, and lines to paste.
void print_demo(const std::vector<DemoTenant>& tenants, const std::string& url, bool is_json);

// tests/data/online-retail-orders.csv, as it is there.
std::string_view online_retail_orders();

}  // namespace nexus::cli
