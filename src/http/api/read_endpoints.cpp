#include <utility>

#include "domain/text_rules.hpp"
#include "http/api/endpoints.hpp"
#include "http/api/json_text.hpp"
#include "http/api/preconditions.hpp"
#include "http/api/query_parameters.hpp"
#include "http/api/record_json.hpp"
#include "http/api/rendered_records.hpp"
#include "service/cursor.hpp"

namespace nexus::http {

namespace {

using domain::Result;

RenderedRecords& rendered_records() {
  thread_local RenderedRecords records;
  return records;
}

void append_next_cursor(JsonText& out, const std::optional<std::string>& cursor) {
  out.raw(",\"nextCursor\":");
  if (cursor) {
    out.string(*cursor);
  } else {
    out.raw("null");
  }
}

Result<store::StatusSet> read_statuses(std::string_view text) {
  store::StatusSet statuses;
  for (const auto part : split_commas(text)) {
    const auto status = domain::parse_status(part);
    if (!status)
      return refuse_parameter("status", "must be of normal, low, critical and out_of_stock, comma-separated");
    statuses.add(*status);
  }
  return statuses;
}

std::unexpected<domain::Error> unknown_warehouse(std::string_view id) {
  return domain::fail(domain::ErrorCode::warehouse_not_found,
                      "warehouse \"" + std::string(id) + "\" does not exist");
}

// What a cursor of the list belongs to: everything that decides which items are in it.
std::string filter_of(const QueryParameters& parameters) {
  std::string filter = "inventory";
  for (const std::string_view name : {"status", "warehouse_id"}) {
    filter += '\0';
    filter += parameters.find(name).value_or("");
  }
  for (const auto& sku : parameters.all("sku")) {
    filter += '\0';
    filter += sku;
  }
  return filter;
}

Result<store::ItemQuery> read_item_query(const QueryParameters& parameters, domain::TenantId tenant) {
  store::ItemQuery query;
  const auto limit = parameters.limit();
  if (!limit) return std::unexpected(limit.error());
  query.limit = limit->value_or(page_limit_default);
  if (const auto status = parameters.find("status")) {
    const auto statuses = read_statuses(*status);
    if (!statuses) return std::unexpected(statuses.error());
    query.statuses = *statuses;
  }
  query.skus = parameters.all("sku");
  for (const auto& sku : query.skus) {
    if (auto ok = domain::check_sku("query parameter sku", sku); !ok)
      return std::unexpected(std::move(ok.error()));
  }
  if (const auto cursor = parameters.find("cursor")) {
    auto position = service::read_cursor(*cursor, tenant, filter_of(parameters));
    if (!position) return std::unexpected(std::move(position.error()));
    query.after = std::move(*position);
  }
  if (const auto id = parameters.find("warehouse_id")) {
    query.warehouse = domain::WarehouseId::parse(*id);
    if (!query.warehouse) return unknown_warehouse(*id);
  }
  return query;
}

}  // namespace

Endpoints::Answer Endpoints::list_inventory(Call& call) {
  const auto parameters =
      QueryParameters::read(call.request.query, {"limit", "cursor", "status", "warehouse_id", "sku"}, "sku");
  if (!parameters) co_return std::unexpected(parameters.error());
  const auto query = read_item_query(*parameters, call.tenant());
  if (!query) co_return std::unexpected(query.error());

  std::string last_sku;
  std::size_t count = 0;
  std::optional<Result<store::ItemPage>> page;
  {
    JsonText out(call.response.body());
    out.raw("{\"data\":[");
    auto visit = [&](const domain::Item& item, const domain::Warehouses& warehouses) {
      if (count > 0) out.raw(",");
      rendered_records().append(out, call.tenant(), item, warehouses, RecordForm::list);
      if (++count == query->limit) last_sku = item.sku;
    };
    page = co_await store_.list_items(call.tenant(), *query, visit);
    if (*page) {
      out.raw("],\"meta\":{\"total\":").number((*page)->total);
      out.raw(",\"limit\":").number(query->limit);
      std::optional<std::string> cursor;
      if ((*page)->has_more) cursor = service::make_cursor(call.tenant(), filter_of(*parameters), last_sku);
      append_next_cursor(out, cursor);
      out.raw("}}");
    }
  }
  if (!*page) {
    call.response.clear_body();
    co_return std::unexpected(page->error());
  }
  call.response.content_type("application/json");
  co_return Result<void>{};
}

Endpoints::Answer Endpoints::get_inventory(Call& call) {
  if (!call.request.query.empty()) {
    if (const auto none = QueryParameters::read(call.request.query, {}); !none)
      co_return std::unexpected(none.error());
  }
  std::uint64_t version = 0;
  bool is_known_to_client = false;
  auto visit = [&](const domain::Item& item, const domain::Warehouses& warehouses) {
    version = item.version;
    is_known_to_client = client_has(call.request, version);
    if (is_known_to_client) return;
    JsonText out(call.response.body());
    out.raw("{\"data\":");
    rendered_records().append(out, call.tenant(), item, warehouses, RecordForm::detail);
    out.raw("}");
  };
  const bool found = co_await store_.read_item(call.tenant(), call.segment, visit);
  if (!found) {
    co_return domain::fail(domain::ErrorCode::inventory_not_found,
                           "SKU \"" + call.segment + "\" has no inventory record");
  }
  if (is_known_to_client) {
    call.response.status(304);
  } else {
    call.response.content_type("application/json");
  }
  call.response.header("ETag", etag_of(version));
  co_return Result<void>{};
}

Endpoints::Answer Endpoints::list_warehouses(Call& call) {
  if (const auto none = QueryParameters::read(call.request.query, {}); !none)
    co_return std::unexpected(none.error());
  const auto warehouses = co_await store_.warehouses(call.tenant());
  JsonText out(call.response.body());
  out.raw("{\"data\":[");
  for (const auto& warehouse : *warehouses) {
    if (&warehouse != &warehouses->front()) out.raw(",");
    append_warehouse(out, warehouse);
  }
  out.raw("]}");
  call.response.content_type("application/json");
  co_return Result<void>{};
}

namespace {

std::string reservation_filter_of(const QueryParameters& parameters) {
  std::string filter = "reservations";
  for (const std::string_view name : {"status", "sku", "reference"}) {
    filter += '\0';
    filter += parameters.find(name).value_or("");
  }
  return filter;
}

Result<store::ReservationQuery> read_reservation_query(const QueryParameters& parameters,
                                                       domain::TenantId tenant) {
  store::ReservationQuery query;
  const auto limit = parameters.limit();
  if (!limit) return std::unexpected(limit.error());
  query.limit = limit->value_or(page_limit_default);
  if (const auto text = parameters.find("status")) {
    for (const auto part : split_commas(*text)) {
      const auto status = domain::parse_reservation_status(part);
      if (!status) {
        return refuse_parameter("status", "must be of held, shipped, released and expired, comma-separated");
      }
      query.statuses.add(*status);
    }
  }
  if (const auto sku = parameters.find("sku")) {
    if (auto ok = domain::check_sku("query parameter sku", *sku); !ok)
      return std::unexpected(std::move(ok.error()));
    query.sku = std::string(*sku);
  }
  if (const auto reference = parameters.find("reference")) {
    if (auto ok =
            domain::check_text("query parameter reference", *reference, 1, domain::reference_characters_max);
        !ok) {
      return std::unexpected(std::move(ok.error()));
    }
    query.reference = std::string(*reference);
  }
  if (const auto cursor = parameters.find("cursor")) {
    const auto position = service::read_cursor(*cursor, tenant, reservation_filter_of(parameters));
    if (!position) return std::unexpected(position.error());
    query.before = domain::ReservationId::parse(*position);
  }
  return query;
}

}  // namespace

Endpoints::Answer Endpoints::list_reservations(Call& call) {
  const auto parameters =
      QueryParameters::read(call.request.query, {"limit", "cursor", "status", "sku", "reference"});
  if (!parameters) co_return std::unexpected(parameters.error());
  const auto query = read_reservation_query(*parameters, call.tenant());
  if (!query) co_return std::unexpected(query.error());
  const auto page = co_await store_.list_reservations(call.tenant(), *query);
  if (!page) co_return std::unexpected(page.error());

  JsonText out(call.response.body());
  out.raw("{\"data\":[");
  for (const auto& reservation : page->reservations) {
    if (&reservation != &page->reservations.front()) out.raw(",");
    append_reservation(out, *reservation, *page->warehouses);
  }
  out.raw("],\"meta\":{\"limit\":").number(query->limit);
  std::optional<std::string> cursor;
  if (page->has_more) {
    cursor = service::make_cursor(call.tenant(), reservation_filter_of(*parameters),
                                  page->reservations.back()->id.text());
  }
  append_next_cursor(out, cursor);
  out.raw("}}");
  call.response.content_type("application/json");
  co_return Result<void>{};
}

Endpoints::Answer Endpoints::get_reservation(Call& call) {
  if (const auto none = QueryParameters::read(call.request.query, {}); !none)
    co_return std::unexpected(none.error());
  const auto id = domain::ReservationId::parse(call.segment);
  domain::ReservationPtr reservation;
  if (id) {
    auto found = co_await store_.find_reservation(call.tenant(), *id);
    if (!found) co_return std::unexpected(found.error());
    reservation = std::move(*found);
  }
  if (!reservation) {
    co_return domain::fail(domain::ErrorCode::reservation_not_found,
                           "reservation \"" + call.segment + "\" does not exist");
  }
  const auto warehouses = co_await store_.warehouses(call.tenant());
  JsonText out(call.response.body());
  out.raw("{\"data\":");
  append_reservation(out, *reservation, *warehouses);
  out.raw("}");
  call.response.content_type("application/json");
  co_return Result<void>{};
}

}  // namespace nexus::http
