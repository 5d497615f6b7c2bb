#include "http/api/api.hpp"

#include <array>
#include <span>
#include <utility>

#include "domain/text_rules.hpp"
#include "http/api/assets.hpp"
#include "http/api/error_json.hpp"
#include "http/api/query_parameters.hpp"
#include "http/server/url.hpp"
#include "service/log.hpp"

namespace nexus::http {

namespace {

using domain::ErrorCode;
using domain::Result;

using EndpointFunction = Endpoints::Answer (Endpoints::*)(Call&);

// Null for the public operations.
EndpointFunction endpoint_of(Operation operation) {
  switch (operation) {
    case Operation::list_inventory:
      return &Endpoints::list_inventory;
    case Operation::create_item:
      return &Endpoints::create_item;
    case Operation::bulk_update_inventory:
      return &Endpoints::bulk_update_inventory;
    case Operation::sync_inventory:
      return &Endpoints::sync_inventory;
    case Operation::list_warehouses:
      return &Endpoints::list_warehouses;
    case Operation::create_warehouse:
      return &Endpoints::create_warehouse;
    case Operation::update_warehouse:
      return &Endpoints::update_warehouse;
    case Operation::get_inventory:
      return &Endpoints::get_inventory;
    case Operation::update_inventory:
      return &Endpoints::update_inventory;
    case Operation::update_item:
      return &Endpoints::update_item;
    case Operation::delete_item:
      return &Endpoints::delete_item;
    case Operation::list_adjustments:
      return &Endpoints::list_adjustments;
    case Operation::list_reservations:
      return &Endpoints::list_reservations;
    case Operation::create_reservation:
      return &Endpoints::create_reservation;
    case Operation::get_reservation:
      return &Endpoints::get_reservation;
    case Operation::ship_reservation:
      return &Endpoints::ship_reservation;
    case Operation::release_reservation:
      return &Endpoints::release_reservation;
    case Operation::get_liveness:
    case Operation::get_readiness:
    case Operation::get_metrics:
    case Operation::get_openapi:
    case Operation::get_docs:
    case Operation::get_docs_script:
    case Operation::get_docs_style:
      return nullptr;
  }
  return nullptr;
}

// A charset is fine, and so is saying nothing: the body is read as JSON in UTF-8 either way.
Result<void> require_json(const Request& request) {
  if (request.body.empty() || !request.has_header("Content-Type")) return {};
  auto type = request.header("Content-Type");
  type = type.substr(0, type.find(';'));
  while (!type.empty() && type.back() == ' ') type.remove_suffix(1);
  if (equal_ignoring_case(type, "application/json")) return {};
  return domain::fail(ErrorCode::unsupported_media_type, "the body's Content-Type must be application/json");
}

// The path's own segment, decoded. Of an item it is a SKU; an id is only looked up, whatever it looks like.
Result<std::string> read_segment(const Route& route, std::string_view raw) {
  if (raw.empty()) return std::string();
  auto text = decode_segment(raw);
  if (!text) {
    return domain::fail(ErrorCode::validation_error,
                        text.error() == UrlError::bad_escape
                            ? "the path has a % without two hexadecimal digits after it"
                            : "the path does not decode to UTF-8");
  }
  if (route.path.find("{sku}") != std::string_view::npos) {
    if (auto ok = domain::check_sku("the SKU in the path", *text); !ok)
      return std::unexpected(std::move(ok.error()));
  } else if (auto ok = domain::check_text("the id in the path", *text, 1, 64); !ok) {
    return std::unexpected(std::move(ok.error()));
  }
  return std::move(*text);
}

domain::Error not_allowed(std::string_view method, std::string_view allowed) {
  return domain::Error{
      ErrorCode::method_not_allowed,
      "method " + std::string(method.substr(0, 32)) + " is not allowed here: use " + std::string(allowed),
      domain::Fact{"allow", std::string(allowed)}};
}

// What an exchange is counted under when it is completed: 0 is no route.
std::size_t tag_of(const Route* route) {
  return route == nullptr ? 0 : 1 + static_cast<std::size_t>(route - routes().data());
}

const Route* route_of(std::size_t tag) {
  return tag == 0 ? nullptr : &routes()[tag - 1];
}

ErrorCode code_of(RefusalReason reason) {
  switch (reason) {
    case RefusalReason::malformed:
    case RefusalReason::expectation_unknown:
      return ErrorCode::bad_request;
    case RefusalReason::timeout:
      return ErrorCode::request_timeout;
    case RefusalReason::body_too_large:
      return ErrorCode::payload_too_large;
    case RefusalReason::target_too_long:
      return ErrorCode::uri_too_long;
    case RefusalReason::headers_too_large:
      return ErrorCode::headers_too_large;
    case RefusalReason::handler_failed:
      return ErrorCode::internal;
    case RefusalReason::too_many_connections:
      return ErrorCode::unavailable;
  }
  return ErrorCode::internal;
}

void send_asset(Response& response, std::string_view type, std::string_view content) {
  response.content_type(type);
  response.header("Content-Security-Policy", "default-src 'self'; frame-ancestors 'none'");
  response.header("X-Content-Type-Options", "nosniff");
  response.body() += content;
}

}  // namespace

Api::Api(store::Store& store, const store::Maintenance& maintenance, const store::Clock& clock,
         ApiOptions options)
    : maintenance_(maintenance),
      clock_(clock),
      options_(std::move(options)),
      endpoints_(store),
      access_(store, clock),
      rate_limiter_(options_.rate_limit_per_minute),
      failed_attempts_(options_.failed_attempts_per_minute),
      metrics_(maintenance, options_.certificate) {}

boost::asio::awaitable<void> Api::handle(const Request& request, Response& response) {
  const RouteMatch match = match_route(request.method, request.path);
  response.tag(tag_of(match.route));
  auto answered = may_be_asked(match, request, response);
  if (answered && match.route->scope) {
    try {
      answered = co_await answer_for_key(match, request, response);
    } catch (const store::Unavailable& unavailable) {
      answered = std::unexpected(unavailable.error);
    }
    if (!answered) tell_host(answered.error(), request);
  } else if (answered) {
    answered = answer_public(*match.route, request, response);
  }
  if (answered) co_return;
  write_error(response, answered.error());
}

Result<void> Api::may_be_asked(const RouteMatch& match, const Request& request, Response& response) const {
  if (match.route == nullptr) {
    if (match.allowed.empty()) {
      return domain::fail(ErrorCode::route_not_found, "there is nothing at this path: see /docs");
    }
    response.header("Allow", match.allowed);
    return std::unexpected(not_allowed(request.method, match.allowed));
  }
  if (match.route->scope && request.listener == options_.metrics_listener) {
    return domain::fail(ErrorCode::route_not_found, "this address serves metrics and probes only");
  }
  return {};
}

store::Awaitable<Result<service::Principal>> Api::admit(const Route& route, const Request& request,
                                                        Response& response) {
  // Two of them are none: nobody can tell which one is meant.
  auto principal = co_await access_.authenticate(request.sole_header("Authorization"));
  if (!principal) {
    co_return std::unexpected(refuse_attempt(std::move(principal.error()), request, response));
  }
  const domain::ApiKey& key = **principal;
  if (request.has_header("X-Tenant-ID")) {
    if (auto ok = service::require_tenant(key, request.header("X-Tenant-ID")); !ok) {
      co_return std::unexpected(std::move(ok.error()));
    }
  }
  if (auto ok = service::require_scope(key, *route.scope); !ok)
    co_return std::unexpected(std::move(ok.error()));
  if (auto ok = count_against_limit(key, response); !ok) co_return std::unexpected(std::move(ok.error()));
  co_return principal;
}

Api::Answer Api::answer_for_key(const RouteMatch& match, const Request& request, Response& response) {
  const Route& route = *match.route;
  auto principal = co_await admit(route, request, response);
  if (!principal) co_return std::unexpected(std::move(principal.error()));
  if (route.reads_body) {
    if (auto ok = require_json(request); !ok) co_return ok;
  }
  auto decoded = read_segment(route, match.segment);
  if (!decoded) co_return std::unexpected(std::move(decoded.error()));
  Call call{.request = request,
            .response = response,
            .principal = std::move(*principal),
            .segment = std::move(*decoded)};
  co_return co_await (endpoints_.*endpoint_of(route.operation))(call);
}

domain::Error Api::refuse_attempt(domain::Error unauthorized, const Request& request, Response& response) {
  if (!request.has_header("Authorization")) return unauthorized;
  const auto state = failed_attempts_.count(request.remote_address, clock_.now());
  if (state.is_allowed) return unauthorized;
  response.header("Retry-After", state.retry_after_s);
  return {ErrorCode::rate_limited,
          "too many requests with keys that are not valid came from " + std::string(request.remote_address) +
              ": try again in " + std::to_string(state.retry_after_s) + " s",
          {}};
}

Result<void> Api::count_against_limit(const domain::ApiKey& key, Response& response) {
  const auto state = rate_limiter_.count(key.id, key.rate_limit_per_minute, clock_.now());
  if (!state) return {};
  response.header("X-RateLimit-Limit", state->limit);
  response.header("X-RateLimit-Remaining", state->remaining);
  response.header("X-RateLimit-Reset", state->reset_s);
  if (state->is_allowed) return {};
  response.header("Retry-After", state->retry_after_s);
  return domain::fail(ErrorCode::rate_limited, "the key's limit of " + std::to_string(state->limit) +
                                                   " requests a minute is used up: try again in " +
                                                   std::to_string(state->retry_after_s) + " s");
}

Result<void> Api::answer_public(const Route& route, const Request& request, Response& response) {
  if (const auto none = QueryParameters::read(request.query, {}); !none) return std::unexpected(none.error());
  switch (route.operation) {
    case Operation::get_liveness:
      response.content_type("application/json");
      response.body() += R"({"data":{"status":"live"}})";
      return {};
    case Operation::get_readiness: {
      const auto health = maintenance_.health();
      if (!health.takes_writes) return domain::fail(ErrorCode::unavailable, health.reason);
      response.content_type("application/json");
      response.body() += R"({"data":{"status":"ready"}})";
      return {};
    }
    case Operation::get_metrics:
      if (options_.metrics_listener && request.listener != options_.metrics_listener) {
        return domain::fail(ErrorCode::route_not_found, "metrics are served at another address");
      }
      response.content_type("text/plain; version=0.0.4; charset=utf-8");
      response.body() += metrics_.text();
      return {};
    case Operation::get_openapi:
      response.content_type("application/json");
      response.body() += openapi_json();
      return {};
    case Operation::get_docs:
      send_asset(response, "text/html; charset=utf-8", docs_html());
      return {};
    case Operation::get_docs_script:
      send_asset(response, "text/javascript; charset=utf-8", docs_script());
      return {};
    case Operation::get_docs_style:
      send_asset(response, "text/css; charset=utf-8", docs_style());
      return {};
    default:
      return domain::fail(ErrorCode::internal, "a public route has no answer");
  }
}

boost::asio::awaitable<void> Api::refuse(const Refusal& refusal, Response& response) {
  // A body that is too large is told to those who may send one; everybody else learns what they would without
  // it.
  Result<void> before_body;
  RouteMatch match;
  if (refusal.request != nullptr) match = match_route(refusal.request->method, refusal.request->path);
  response.tag(tag_of(match.route));
  if (refusal.reason == RefusalReason::body_too_large && refusal.request != nullptr) {
    before_body = may_be_asked(match, *refusal.request, response);
    if (before_body && match.route->scope) {
      try {
        const auto admitted = co_await admit(*match.route, *refusal.request, response);
        if (!admitted) before_body = std::unexpected(admitted.error());
      } catch (const store::Unavailable& unavailable) {
        before_body = std::unexpected(unavailable.error);
      }
      if (!before_body) tell_host(before_body.error(), *refusal.request);
    }
  }
  if (!before_body) {
    write_error(response, before_body.error());
    co_return;
  }
  write_error(response, domain::Error{code_of(refusal.reason), std::string(refusal.message), {}});
  response.status(refusal.status);
}

void Api::completed(const Request& request, const Response& response, const Exchange& exchange) noexcept {
  metrics_.count(route_of(response.tag()), response.status(), exchange.took, exchange.request_bytes,
                 exchange.response_bytes);
  if (!options_.access_log) return;
  const std::chrono::duration<double, std::milli> took = exchange.took;
  service::log_event(service::LogLevel::info, "request",
                     {{"method", request.method},
                      {"path", request.path},
                      {"status", response.status()},
                      {"ms", took.count()},
                      {"bytes", exchange.response_bytes},
                      {"cut", exchange.cut},
                      {"remote", request.remote_address},
                      {"request_id", request.request_id}});
}

void Api::tell_host(const domain::Error& error, const Request& request) {
  if (error.code != ErrorCode::internal && error.code != ErrorCode::unavailable) return;
  trouble(told_to_host(error), request.request_id);
}

void Api::trouble(std::string_view what, std::string_view request_id) noexcept {
  const auto left_out = trouble_throttle_.let_through(clock_.now());
  if (!left_out) return;
  const std::array<service::LogField, 3> fields = {
      {{"what", what}, {"request_id", request_id}, {"left_out", *left_out}}};
  service::log_event(service::LogLevel::error, "trouble",
                     std::span(fields).first(*left_out == 0 ? 2 : fields.size()));
}

}  // namespace nexus::http
