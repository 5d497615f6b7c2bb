#include <utility>

#include "domain/text_rules.hpp"
#include "http/api/field_rules.hpp"
#include "http/api/json_body.hpp"
#include "http/api/request_bodies.hpp"

namespace nexus::http {

namespace {

using domain::Result;

enum LineField : std::size_t { line_sku, line_quantity, line_warehouse_id };

constexpr std::array<std::string_view, 3> line_names = {"sku", "quantity", "warehouse_id"};

Result<void> read_line(simdjson::dom::object object, JsonPath path, domain::RequestedLine& line) {
  const auto fields = JsonFields<line_names>::read(object, path);
  if (!fields) return std::unexpected(fields.error());
  if (auto ok = read_sku(*fields, line_sku, line.sku); !ok) return ok;
  const auto wanted = fields->integer(line_quantity);
  if (!wanted) return std::unexpected(wanted.error());
  if (*wanted < 1 || *wanted > domain::quantity_max) {
    return fields->refuse(line_quantity, "must be an integer from 1 to 1000000000000");
  }
  line.quantity = *wanted;
  if (!fields->has(line_warehouse_id)) return {};
  return read_warehouse_id(*fields, line_warehouse_id, line.warehouse_id.emplace());
}

Result<void> read_shipped_line(simdjson::dom::object object, JsonPath path, domain::RequestedLine& line) {
  if (auto ok = read_line(object, path, line); !ok) return ok;
  if (!line.warehouse_id) return refuse_field(path, line_names[line_warehouse_id], "is required");
  return {};
}

enum ReservationField : std::size_t { lines, reference, expires_in_seconds };

constexpr std::array<std::string_view, 3> reservation_names = {"lines", "reference", "expires_in_seconds"};
constexpr std::array<std::string_view, 1> shipment_names = {"lines"};
constexpr std::array<std::string_view, 0> release_names = {};

}  // namespace

Result<domain::Request> read_new_reservation(std::string_view body) {
  const auto object = parse_json_object(body);
  if (!object) return std::unexpected(object.error());
  const auto fields = JsonFields<reservation_names>::read(*object, {});
  if (!fields) return std::unexpected(fields.error());
  auto text = read_text(*fields, reference, 1, domain::reference_characters_max);
  if (!text) return std::unexpected(text.error());
  auto wanted = read_array<domain::RequestedLine>(*fields, lines, domain::reservation_lines_max, read_line);
  if (!wanted) return std::unexpected(wanted.error());
  domain::HoldReservation request{
      .reference = std::move(*text), .lines = std::move(*wanted), .expires_in_seconds = std::nullopt};
  if (fields->has(expires_in_seconds)) {
    const auto seconds = fields->integer(expires_in_seconds);
    if (!seconds) return std::unexpected(seconds.error());
    if (*seconds < 1 || *seconds > domain::expires_in_seconds_max) {
      return fields->refuse(expires_in_seconds, "must be an integer from 1 to 31536000");
    }
    request.expires_in_seconds = *seconds;
  }
  return request;
}

Result<domain::Request> read_shipment(std::string_view body, std::string id) {
  domain::ShipReservation request{.id = std::move(id), .lines = std::nullopt};
  if (body.empty()) return request;
  const auto object = parse_json_object(body);
  if (!object) return std::unexpected(object.error());
  const auto fields = JsonFields<shipment_names>::read(*object, {});
  if (!fields) return std::unexpected(fields.error());
  if (fields->has(lines)) {
    auto wanted =
        read_array<domain::RequestedLine>(*fields, lines, domain::reservation_lines_max, read_shipped_line);
    if (!wanted) return std::unexpected(wanted.error());
    request.lines = std::move(*wanted);
  }
  return request;
}

Result<domain::Request> read_release(std::string_view body, std::string id) {
  if (!body.empty()) {
    const auto object = parse_json_object(body);
    if (!object) return std::unexpected(object.error());
    if (const auto fields = JsonFields<release_names>::read(*object, {}); !fields) {
      return std::unexpected(fields.error());
    }
  }
  return domain::ReleaseReservation{.id = std::move(id)};
}

}  // namespace nexus::http
