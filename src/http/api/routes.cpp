#include "http/api/routes.hpp"

#include <algorithm>

#include "http/server/url.hpp"

namespace nexus::http {

namespace {

using domain::Scope;

constexpr auto read = Scope::inventory_read;
constexpr auto write = Scope::inventory_write;
constexpr auto admin = Scope::inventory_admin;
constexpr auto sync = Scope::inventory_sync;

// Fixed words before braces: the first row whose path fits is the one. A path's methods stand together.
constexpr std::array table = {
    Route{Operation::list_inventory, "GET", "/api/inventory", read},
    Route{Operation::create_item, "POST", "/api/inventory", admin, true},
    Route{Operation::bulk_update_inventory, "POST", "/api/inventory/bulk", write, true},
    Route{Operation::sync_inventory, "POST", "/api/inventory/sync", sync, true},
    Route{Operation::list_warehouses, "GET", "/api/inventory/warehouses", read},
    Route{Operation::create_warehouse, "POST", "/api/inventory/warehouses", admin, true},
    Route{Operation::update_warehouse, "PATCH", "/api/inventory/warehouses/{warehouse_id}", admin, true},
    Route{Operation::get_inventory, "GET", "/api/inventory/{sku}", read},
    Route{Operation::update_inventory, "PUT", "/api/inventory/{sku}", write, true},
    Route{Operation::update_item, "PATCH", "/api/inventory/{sku}", admin, true},
    Route{Operation::delete_item, "DELETE", "/api/inventory/{sku}", admin},
    Route{Operation::list_adjustments, "GET", "/api/inventory/{sku}/adjustments", read},
    Route{Operation::list_reservations, "GET", "/api/reservations", read},
    Route{Operation::create_reservation, "POST", "/api/reservations", write, true},
    Route{Operation::get_reservation, "GET", "/api/reservations/{reservation_id}", read},
    Route{Operation::ship_reservation, "POST", "/api/reservations/{reservation_id}/ship", write, true},
    Route{Operation::release_reservation, "POST", "/api/reservations/{reservation_id}/release", write, true},
    Route{Operation::get_liveness, "GET", "/livez", std::nullopt},
    Route{Operation::get_readiness, "GET", "/readyz", std::nullopt},
    Route{Operation::get_metrics, "GET", "/metrics", std::nullopt},
    Route{Operation::get_openapi, "GET", "/openapi.json", std::nullopt},
    Route{Operation::get_docs, "GET", "/docs", std::nullopt},
    Route{Operation::get_docs_script, "GET", "/docs/docs.js", std::nullopt, false, true},
    Route{Operation::get_docs_style, "GET", "/docs/docs.css", std::nullopt, false, true},
};

constexpr std::size_t segments_max = 4;

struct Pattern {
  std::array<std::string_view, segments_max> segments;
  std::size_t count = 0;
  std::size_t rows = 0;  // that stand in the table with this path, from this one on
};

constexpr Pattern make_pattern(std::string_view path) {
  Pattern pattern;
  while (!path.empty()) {
    path.remove_prefix(1);
    const auto end = std::min(path.find('/'), path.size());
    pattern.segments[pattern.count++] = path.substr(0, end);
    path.remove_prefix(end);
  }
  return pattern;
}

constexpr auto make_patterns() {
  std::array<Pattern, table.size()> patterns;
  for (std::size_t i = table.size(); i-- > 0;) {
    patterns[i] = make_pattern(table[i].path);
    const bool is_last = i + 1 == table.size() || table[i + 1].path != table[i].path;
    patterns[i].rows = is_last ? 1 : 1 + patterns[i + 1].rows;
  }
  return patterns;
}

constexpr auto patterns = make_patterns();

// What stands in the braces, or an empty view where there are none; nothing when the path does not fit.
std::optional<std::string_view> fit(const Pattern& pattern, const Pattern& path) {
  if (pattern.count != path.count) return std::nullopt;
  std::string_view in_braces;
  // From the end, where paths differ.
  for (std::size_t i = path.count; i-- > 0;) {
    if (pattern.segments[i].front() == '{') {
      if (path.segments[i].empty()) return std::nullopt;
      in_braces = path.segments[i];
    } else if (pattern.segments[i] != path.segments[i]) {
      return std::nullopt;
    }
  }
  return in_braces;
}

void add_method(std::string& allowed, std::string_view method) {
  if (!allowed.empty()) allowed += ", ";
  allowed += method;
  if (method == "GET") allowed += ", HEAD";
}

}  // namespace

std::span<const Route> routes() {
  return table;
}

RouteMatch match_route(std::string_view method, std::string_view raw_path) {
  if (method == "HEAD") method = "GET";
  RouteMatch match;
  Pattern path;
  path.count = split_path(raw_path, path.segments);
  if (path.count == 0 || path.count > segments_max) return match;
  // A path belongs to the first row that it fits: /bulk is never the SKU "bulk".
  std::optional<std::string_view> segment;
  std::size_t first = 0;
  while (first < table.size() && !(segment = fit(patterns[first], path))) ++first;
  if (!segment) return match;
  const auto rows = routes().subspan(first, patterns[first].rows);
  if (const auto row = std::ranges::find(rows, method, &Route::method); row != rows.end()) {
    return {.route = &*row, .segment = *segment, .allowed = {}};
  }
  for (const Route& row : rows) add_method(match.allowed, row.method);
  return match;
}

}  // namespace nexus::http
