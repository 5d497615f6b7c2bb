#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string_view>

#include "domain/error.hpp"
#include "http/api/endpoints.hpp"
#include "http/api/metrics.hpp"
#include "http/api/routes.hpp"
#include "http/server/handler.hpp"
#include "http/server/tls_certificate.hpp"
#include "service/access.hpp"
#include "service/failed_attempts.hpp"
#include "service/log_throttle.hpp"
#include "service/rate_limiter.hpp"
#include "store/clock.hpp"
#include "store/maintenance.hpp"
#include "store/store.hpp"

namespace nexus::http {

struct ApiOptions {
  std::uint32_t rate_limit_per_minute = 0;  // for keys without their own; 0 is none
  std::uint32_t failed_attempts_per_minute =
      0;  // from one address, with keys that are not valid; 0 is any number
  // Index of the listener that alone serves /metrics (and the probes); all do when absent.
  std::optional<std::size_t> metrics_listener;
  bool access_log = true;                                // a log line for each request
  std::shared_ptr<const ServedCertificate> certificate;  // whose expiry /metrics tells; may be null
};

// The HTTP face of the service. Every request goes the same way: route, key, tenant and scope, rate, media
// type and body, and then the operation, so that the order of refusals (API.md section 1) stands in one
// place. All that it is made of must outlive it.
class Api final : public Handler {
 public:
  Api(store::Store& store, const store::Maintenance& maintenance, const store::Clock& clock,
      ApiOptions options);

  boost::asio::awaitable<void> handle(const Request& request, Response& response) override;
  boost::asio::awaitable<void> refuse(const Refusal& refusal, Response& response) override;
  void completed(const Request& request, const Response& response,
                 const Exchange& exchange) noexcept override;
  void trouble(std::string_view what, std::string_view request_id) noexcept override;

 private:
  using Answer = Endpoints::Answer;

  // ROUTE_NOT_FOUND or METHOD_NOT_ALLOWED, or the address serves something else.
  domain::Result<void> may_be_asked(const RouteMatch& match, const Request& request,
                                    Response& response) const;
  Answer answer_for_key(const RouteMatch& match, const Request& request, Response& response);
  // Key, tenant, scope and rate: all that is judged before the body is looked at.
  store::Awaitable<domain::Result<service::Principal>> admit(const Route& route, const Request& request,
                                                             Response& response);
  domain::Result<void> answer_public(const Route& route, const Request& request, Response& response);
  // The refusal of a key that is not valid, or of trying too many of them.
  domain::Error refuse_attempt(domain::Error unauthorized, const Request& request, Response& response);
  domain::Result<void> count_against_limit(const domain::ApiKey& key, Response& response);
  // Into the host's log, when it is not the client who has to do something about it.
  void tell_host(const domain::Error& error, const Request& request);

  const store::Maintenance& maintenance_;
  const store::Clock& clock_;
  ApiOptions options_;
  Endpoints endpoints_;
  service::Access access_;
  service::RateLimiter rate_limiter_;
  service::FailedAttempts failed_attempts_;
  service::LogThrottle trouble_throttle_;
  Metrics metrics_;
};

}  // namespace nexus::http
