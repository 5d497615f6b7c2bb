#include "domain/error.hpp"

namespace nexus::domain {

std::string_view name(ErrorCode code) {
  switch (code) {
    case ErrorCode::validation_error:
      return "VALIDATION_ERROR";
    case ErrorCode::invalid_json:
      return "INVALID_JSON";
    case ErrorCode::invalid_cursor:
      return "INVALID_CURSOR";
    case ErrorCode::bad_request:
      return "BAD_REQUEST";
    case ErrorCode::unauthorized:
      return "UNAUTHORIZED";
    case ErrorCode::insufficient_scope:
      return "INSUFFICIENT_SCOPE";
    case ErrorCode::tenant_forbidden:
      return "TENANT_FORBIDDEN";
    case ErrorCode::readonly_warehouse:
      return "READONLY_WAREHOUSE";
    case ErrorCode::route_not_found:
      return "ROUTE_NOT_FOUND";
    case ErrorCode::inventory_not_found:
      return "INVENTORY_NOT_FOUND";
    case ErrorCode::warehouse_not_found:
      return "WAREHOUSE_NOT_FOUND";
    case ErrorCode::reservation_not_found:
      return "RESERVATION_NOT_FOUND";
    case ErrorCode::tenant_not_found:
      return "TENANT_NOT_FOUND";
    case ErrorCode::key_not_found:
      return "KEY_NOT_FOUND";
    case ErrorCode::method_not_allowed:
      return "METHOD_NOT_ALLOWED";
    case ErrorCode::request_timeout:
      return "REQUEST_TIMEOUT";
    case ErrorCode::inventory_exists:
      return "INVENTORY_EXISTS";
    case ErrorCode::inventory_not_empty:
      return "INVENTORY_NOT_EMPTY";
    case ErrorCode::warehouse_inactive:
      return "WAREHOUSE_INACTIVE";
    case ErrorCode::warehouse_not_readonly:
      return "WAREHOUSE_NOT_READONLY";
    case ErrorCode::insufficient_stock:
      return "INSUFFICIENT_STOCK";
    case ErrorCode::reservation_exists:
      return "RESERVATION_EXISTS";
    case ErrorCode::reservation_closed:
      return "RESERVATION_CLOSED";
    case ErrorCode::quantity_changed:
      return "QUANTITY_CHANGED";
    case ErrorCode::tenant_exists:
      return "TENANT_EXISTS";
    case ErrorCode::precondition_failed:
      return "PRECONDITION_FAILED";
    case ErrorCode::payload_too_large:
      return "PAYLOAD_TOO_LARGE";
    case ErrorCode::uri_too_long:
      return "URI_TOO_LONG";
    case ErrorCode::unsupported_media_type:
      return "UNSUPPORTED_MEDIA_TYPE";
    case ErrorCode::headers_too_large:
      return "HEADERS_TOO_LARGE";
    case ErrorCode::negative_quantity:
      return "NEGATIVE_QUANTITY";
    case ErrorCode::quantity_too_large:
      return "QUANTITY_TOO_LARGE";
    case ErrorCode::idempotency_key_reused:
      return "IDEMPOTENCY_KEY_REUSED";
    case ErrorCode::rate_limited:
      return "RATE_LIMITED";
    case ErrorCode::internal:
      return "INTERNAL";
    case ErrorCode::unavailable:
      return "UNAVAILABLE";
  }
  return "INTERNAL";
}

std::string told_to_host(const Error& error) {
  return error.host_detail.empty() ? error.message : error.message + ": " + error.host_detail;
}

}  // namespace nexus::domain
