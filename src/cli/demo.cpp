#include "cli/demo.hpp"

#include <stdexcept>
#include <variant>

#include <fmt/core.h>

#include "service/host/access_admin.hpp"
#include "service/json_writer.hpp"
#include "store/wait.hpp"

namespace nexus::cli {

namespace {

template <typename T>
T must(domain::Result<T> result) {
  if (!result) throw std::logic_error("the demo data is refused: " + result.error().message);
  return std::move(*result);
}

}  // namespace

DemoShop::DemoShop(store::Store& store, std::string name, std::string about, std::string owner)
    : store_(store), owner_(std::move(owner)) {
  const auto tenant = must(service::create_tenant(store, name));
  id_ = tenant.id;
  auto created = must(service::create_key(store, {.tenant = id_,
                                                  .name = "demo",
                                                  .owner = owner_,
                                                  .scopes = {domain::Scope::all},
                                                  .expires_in_seconds = std::nullopt,
                                                  .rate_limit_per_minute = std::nullopt}));
  tenant_ = {.name = std::move(name),
             .about = std::move(about),
             .id = tenant.id.text(),
             .key = std::move(created.text)};
}

domain::Outcome DemoShop::execute(domain::Request request) {
  domain::Command command{.tenant = id_, .actor = owner_, .request = std::move(request)};
  return must(store::wait(store_.execute(std::move(command), std::nullopt))).outcome;
}

domain::WarehouseId DemoShop::create_warehouse(domain::CreateWarehouse warehouse) {
  return std::get<domain::Warehouse>(execute(std::move(warehouse))).id;
}

domain::ReservationId DemoShop::hold(domain::HoldReservation reservation) {
  return std::get<domain::ReservationOutcome>(execute(std::move(reservation))).reservation->id;
}

std::vector<DemoTenant> make_demo(store::Store& store) {
  return {make_reference_tenant(store), make_retail_tenant(store)};
}

void print_demo(const std::vector<DemoTenant>& tenants, const std::string& url, bool is_json) {
  if (is_json) {
    std::string out;
    service::JsonWriter json(out);
    json.begin_object().field("url", url).key("tenants").begin_array();
    for (const auto& tenant : tenants) {
      json.begin_object()
          .field("name", tenant.name)
          .field("id", tenant.id)
          .field("key", tenant.key)
          .end_object();
    }
    json.end_array().end_object();
    fmt::print("{}\n", out);
    std::fflush(stdout);
    return;
  }
  fmt::print("\nDemo data, which is gone when the server stops (Ctrl-C).\n");
  for (const auto& tenant : tenants) {
    fmt::print("\n  Tenant {}: {}\n  key {}\n", tenant.name, tenant.about, tenant.key);
  }
  const auto curl = [&](const DemoTenant& tenant, std::string_view path) {
    fmt::print("  curl -H 'Authorization: Bearer {}' '{}{}'\n", tenant.key, url, path);
  };
  fmt::print("\nServing at {}, its documentation at {}/docs. Try:\n\n", url, url);
  curl(tenants[0], "/api/inventory?sku=SKU-001");
  curl(tenants[1], "/api/inventory?status=out_of_stock,critical&limit=3");
  curl(tenants[1], "/api/inventory/84077/adjustments?limit=5");
  fmt::print("\n");
  std::fflush(stdout);
}

}  // namespace nexus::cli
