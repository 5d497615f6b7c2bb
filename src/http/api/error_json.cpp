#include "http/api/error_json.hpp"

#include <variant>

#include "http/api/json_text.hpp"

namespace nexus::http {

namespace {

using domain::ErrorCode;

class DetailsWriter {
 public:
  explicit DetailsWriter(std::string& out) : out_(out) {}

  void operator()(std::monostate) const { out_ += "{}"; }

  void operator()(const domain::QuantityMismatch& mismatch) const {
    out_ += "{\"expected\":";
    append_json_integer(out_, mismatch.expected);
    out_ += ",\"actual\":";
    append_json_integer(out_, mismatch.actual);
    out_ += '}';
  }

  void operator()(const domain::VersionMismatch& mismatch) const {
    out_ += "{\"version\":";
    append_json_unsigned(out_, mismatch.actual);
    out_ += '}';
  }

  void operator()(const std::vector<domain::UpdateError>& errors) const {
    out_ += "{\"errors\":[";
    for (const auto& error : errors) {
      out_ += &error == &errors.front() ? "{\"index\":" : ",{\"index\":";
      append_json_unsigned(out_, error.index);
      out_ += ",\"sku\":";
      append_json_string(out_, error.sku);
      out_ += ",\"warehouse_id\":";
      append_json_string(out_, error.warehouse_id);
      out_ += ",\"code\":\"";
      out_ += domain::name(error.code);
      out_ += "\",\"message\":";
      append_json_string(out_, error.message);
      out_ += '}';
    }
    out_ += "]}";
  }

  void operator()(const std::vector<domain::Shortage>& shortages) const {
    out_ += "{\"lines\":[";
    for (const auto& line : shortages) {
      out_ += &line == &shortages.front() ? "{\"index\":" : ",{\"index\":";
      append_json_unsigned(out_, line.index);
      out_ += ",\"sku\":";
      append_json_string(out_, line.sku);
      if (!line.warehouse_id.empty()) {
        out_ += ",\"warehouse_id\":";
        append_json_string(out_, line.warehouse_id);
      }
      out_ += ",\"requested\":";
      append_json_integer(out_, line.requested);
      out_ += ",\"available\":";
      append_json_integer(out_, line.available);
      out_ += '}';
    }
    out_ += "]}";
  }

  void operator()(const domain::Fact& fact) const {
    out_ += '{';
    append_json_string(out_, fact.name);
    out_ += ':';
    append_json_string(out_, fact.value);
    out_ += '}';
  }

 private:
  std::string& out_;
};

void append_code_and_message(std::string& out, ErrorCode code, std::string_view message) {
  out += "{\"code\":\"";
  out += domain::name(code);
  out += "\",\"message\":";
  append_json_string(out, message);
}

}  // namespace

unsigned http_status(ErrorCode code) {
  switch (code) {
    case ErrorCode::validation_error:
    case ErrorCode::invalid_json:
    case ErrorCode::invalid_cursor:
    case ErrorCode::bad_request:
      return 400;
    case ErrorCode::unauthorized:
      return 401;
    case ErrorCode::insufficient_scope:
    case ErrorCode::tenant_forbidden:
    case ErrorCode::readonly_warehouse:
      return 403;
    case ErrorCode::route_not_found:
    case ErrorCode::inventory_not_found:
    case ErrorCode::warehouse_not_found:
    case ErrorCode::reservation_not_found:
    case ErrorCode::tenant_not_found:
    case ErrorCode::key_not_found:
      return 404;
    case ErrorCode::method_not_allowed:
      return 405;
    case ErrorCode::request_timeout:
      return 408;
    case ErrorCode::inventory_exists:
    case ErrorCode::inventory_not_empty:
    case ErrorCode::warehouse_inactive:
    case ErrorCode::warehouse_not_readonly:
    case ErrorCode::insufficient_stock:
    case ErrorCode::reservation_exists:
    case ErrorCode::reservation_closed:
    case ErrorCode::quantity_changed:
    case ErrorCode::tenant_exists:
      return 409;
    case ErrorCode::precondition_failed:
      return 412;
    case ErrorCode::payload_too_large:
      return 413;
    case ErrorCode::uri_too_long:
      return 414;
    case ErrorCode::unsupported_media_type:
      return 415;
    case ErrorCode::negative_quantity:
    case ErrorCode::quantity_too_large:
    case ErrorCode::idempotency_key_reused:
      return 422;
    case ErrorCode::rate_limited:
      return 429;
    case ErrorCode::headers_too_large:
      return 431;
    case ErrorCode::internal:
      return 500;
    case ErrorCode::unavailable:
      return 503;
  }
  return 500;
}

void append_error(std::string& out, const domain::Error& error) {
  out += "{\"error\":";
  append_code_and_message(out, error.code, error.message);
  out += ",\"details\":";
  std::visit(DetailsWriter(out), error.details);
  out += "}}";
}

void append_error_cause(std::string& out, ErrorCode code, std::string_view message) {
  append_code_and_message(out, code, message);
  out += ",\"details\":{}}";
}

void write_error(Response& response, const domain::Error& error) {
  response.clear_body();
  response.status(http_status(error.code));
  response.content_type("application/json");
  if (error.code == ErrorCode::unauthorized) response.header("WWW-Authenticate", "Bearer");
  if (error.code == ErrorCode::unavailable) response.header("Retry-After", "1");
  append_error(response.body(), error);
}

}  // namespace nexus::http
