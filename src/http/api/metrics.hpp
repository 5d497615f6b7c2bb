#pragma once

#include <array>
#include <chrono>
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include <prometheus/counter.h>
#include <prometheus/gauge.h>
#include <prometheus/histogram.h>
#include <prometheus/registry.h>

#include "http/api/routes.hpp"
#include "http/server/tls_certificate.hpp"
#include "store/maintenance.hpp"

namespace nexus::http {

// What /metrics tells, in Prometheus' text format: requests and their time by route and status class, and the
// store's figures as they are when asked for. Any thread may call it.
class Metrics {
 public:
  // `certificate` is null where no TLS is spoken.
  Metrics(const store::Maintenance& maintenance, std::shared_ptr<const ServedCertificate> certificate);

  // `route` is null for a request that no route has.
  void count(const Route* route, unsigned status, std::chrono::nanoseconds took, std::uint64_t request_bytes,
             std::uint64_t response_bytes);

  std::string text();

 private:
  // Per route, and one more for what has no route.
  struct RouteFigures {
    std::array<prometheus::Counter*, 6> by_status_class{};  // index 2: 2xx
    prometheus::Histogram* seconds = nullptr;
  };

  struct StoreGauge {
    prometheus::Gauge* gauge;
    std::uint64_t store::StoreFigures::*figure;
    double unit;
  };

  void refresh();

  const store::Maintenance& maintenance_;
  prometheus::Registry registry_;
  std::vector<RouteFigures> routes_;
  prometheus::Counter* received_bytes_ = nullptr;
  prometheus::Counter* sent_bytes_ = nullptr;
  std::vector<StoreGauge> store_gauges_;
  prometheus::Gauge* takes_writes_ = nullptr;
  std::shared_ptr<const ServedCertificate> certificate_;
  prometheus::Gauge* certificate_expiry_ = nullptr;
};

}  // namespace nexus::http
