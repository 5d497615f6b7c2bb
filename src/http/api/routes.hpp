#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "domain/access.hpp"

namespace nexus::http {

// Every operation of the service, named as in openapi.json.
enum class Operation : std::uint8_t {
  list_inventory,
  create_item,
  bulk_update_inventory,
  sync_inventory,
  list_warehouses,
  create_warehouse,
  update_warehouse,
  get_inventory,
  update_inventory,
  update_item,
  delete_item,
  list_adjustments,
  list_reservations,
  create_reservation,
  get_reservation,
  ship_reservation,
  release_reservation,
  get_liveness,
  get_readiness,
  get_metrics,
  get_openapi,
  get_docs,
  get_docs_script,
  get_docs_style,
};

struct Route {
  Operation operation;
  std::string_view method;
  std::string_view path;               // a segment in braces stands for any one segment that is not empty
  std::optional<domain::Scope> scope;  // none: public
  bool reads_body = false;
  // Assets of the documentation page: served, but no operation of the API.
  bool is_asset = false;
};

// The one table of what is served.
std::span<const Route> routes();

// A request's way through the table.
struct RouteMatch {
  const Route* route = nullptr;  // null: see `allowed`
  std::string_view segment;      // what stood in the braces, as sent
  std::string allowed;           // the path's methods, for 405; empty when no route has the path
};

// HEAD goes where GET goes.
RouteMatch match_route(std::string_view method, std::string_view raw_path);

}  // namespace nexus::http
