#include "http/api/error_json.hpp"

#include <variant>

#include "http/api/json_text.hpp"

namespace nexus::http {

namespace {

using domain::ErrorCode;

class DetailsWriter {
 public:
  explicit DetailsWriter(JsonText& out) : out_(out) {}

  void operator()(std::monostate) const { out_.raw("{}"); }

  void operator()(const domain::QuantityMismatch& mismatch) const {
    out_.raw("{\"expected\":").number(mismatch.expected);
    out_.raw(",\"actual\":").number(mismatch.actual).raw("}");
  }

  void operator()(const domain::VersionMismatch& mismatch) const {
    out_.raw("{\"version\":").number(mismatch.actual).raw("}");
  }

  void operator()(const std::vector<domain::UpdateError>& errors) const {
    out_.raw("{\"errors\":[");
    for (const auto& error : errors) {
      if (&error != &errors.front()) out_.raw(",");
      out_.raw("{\"index\":").number(error.index);
      out_.raw(",\"sku\":").string(error.sku);
      out_.raw(",\"warehouse_id\":").string(error.warehouse_id);
      out_.raw(",\"code\":").string(domain::name(error.code));
      out_.raw(",\"message\":").string(error.message).raw("}");
    }
    out_.raw("]}");
  }

  void operator()(const std::vector<domain::Shortage>& shortages) const {
    out_.raw("{\"lines\":[");
    for (const auto& line : shortages) {
      if (&line != &shortages.front()) out_.raw(",");
      out_.raw("{\"index\":").number(line.index);
      out_.raw(",\"sku\":").string(line.sku);
      if (!line.warehouse_id.empty()) out_.raw(",\"warehouse_id\":").string(line.warehouse_id);
      out_.raw(",\"requested\":").number(line.requested);
      out_.raw(",\"available\":").number(line.available).raw("}");
    }
    out_.raw("]}");
  }

  void operator()(const domain::Fact& fact) const {
    out_.raw("{").string(fact.name).raw(":").string(fact.value).raw("}");
  }

 private:
  JsonText& out_;
};

void append_code_and_message(JsonText& out, ErrorCode code, std::string_view message) {
  out.raw("{\"code\":").string(domain::name(code));
  out.raw(",\"message\":").string(message);
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

void append_error(JsonText& out, const domain::Error& error) {
  out.raw("{\"error\":");
  append_code_and_message(out, error.code, error.message);
  out.raw(",\"details\":");
  std::visit(DetailsWriter(out), error.details);
  out.raw("}}");
}

void append_error_cause(JsonText& out, ErrorCode code, std::string_view message) {
  append_code_and_message(out, code, message);
  out.raw(",\"details\":{}}");
}

void write_error(Response& response, const domain::Error& error) {
  response.clear_body();
  response.status(http_status(error.code));
  response.content_type("application/json");
  if (error.code == ErrorCode::unauthorized) response.header("WWW-Authenticate", "Bearer");
  if (error.code == ErrorCode::unavailable) response.header("Retry-After", "1");
  JsonText out(response.body());
  append_error(out, error);
}

}  // namespace nexus::http
