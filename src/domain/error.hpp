#pragma once

#include <cstdint>
#include <expected>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "domain/quantity.hpp"

namespace nexus::domain {

// Every way in which a request can be refused. The names are those of the API contract (`UPPER_CASE` there).
enum class ErrorCode : std::uint8_t {
  // 400: the request is not one we can read.
  validation_error,
  invalid_json,
  invalid_cursor,
  bad_request,  // the HTTP itself is malformed
  // 401, 403: who asks, and what they may.
  unauthorized,
  insufficient_scope,
  tenant_forbidden,
  readonly_warehouse,  // FBA and FBS stock is the marketplace's word
  // 404
  route_not_found,
  inventory_not_found,  // the SKU has no inventory record
  warehouse_not_found,
  reservation_not_found,
  tenant_not_found,  // host commands only
  key_not_found,     // host commands only
  // 405
  method_not_allowed,
  // 408
  request_timeout,
  // 409: the request is fine, the state is not.
  inventory_exists,
  inventory_not_empty,
  warehouse_inactive,
  warehouse_not_readonly,
  insufficient_stock,
  reservation_exists,
  reservation_closed,
  quantity_changed,
  tenant_exists,  // host commands only
  // 412
  precondition_failed,
  // 413, 414, 415, 431
  payload_too_large,
  uri_too_long,
  unsupported_media_type,
  headers_too_large,
  // 422
  negative_quantity,
  quantity_too_large,
  idempotency_key_reused,
  // 429
  rate_limited,
  // 5xx
  internal,
  unavailable,
};

// The code as the API spells it, e.g. "NEGATIVE_QUANTITY".
std::string_view name(ErrorCode code);

struct Error;

// QUANTITY_CHANGED: what the caller believed and what stands there.
struct QuantityMismatch {
  Quantity expected;
  Quantity actual;
};

// PRECONDITION_FAILED: the version that the record has now.
struct VersionMismatch {
  std::uint64_t actual;
};

// One update of a bulk that cannot be applied, by its place in the request.
struct UpdateError {
  std::size_t index;
  std::string sku;
  std::string warehouse_id;
  ErrorCode code;
  std::string message;
};

// INSUFFICIENT_STOCK: one line of a reservation that cannot be held (or shipped).
struct Shortage {
  std::size_t index;
  std::string sku;
  std::string warehouse_id;  // empty when the line named none
  Quantity requested;
  Quantity available;
};

// A named value that the message speaks of, e.g. {"required_scope", "inventory:write"}.
struct Fact {
  std::string name;
  std::string value;
};

using ErrorDetails = std::variant<std::monostate, QuantityMismatch, VersionMismatch, std::vector<UpdateError>,
                                  std::vector<Shortage>, Fact>;

// A refusal as a value. `message` is one sentence that names the offender and the limit, for a person to
// read.
struct Error {
  ErrorCode code;
  std::string message;
  ErrorDetails details;
  std::string
      host_detail;  // more of it, for the host's log and terminal alone: it may name files and machines

  // True when the same request may succeed later without the caller changing anything.
  bool retryable() const { return code == ErrorCode::unavailable || code == ErrorCode::rate_limited; }
};

// With the host's detail: for who runs the service, never for a client.
std::string told_to_host(const Error& error);

template <typename T>
using Result = std::expected<T, Error>;

inline std::unexpected<Error> fail(ErrorCode code, std::string message, ErrorDetails details = {}) {
  return std::unexpected(Error{code, std::move(message), std::move(details)});
}

}  // namespace nexus::domain
