#include "http/api/metrics.hpp"

#include <utility>

#include <prometheus/text_serializer.h>

namespace nexus::http {

namespace {

const prometheus::Histogram::BucketBoundaries seconds_buckets = {
    0.0001, 0.00025, 0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5};

struct FigureName {
  std::string_view name;
  std::string_view help;
  std::uint64_t store::StoreFigures::*figure;
  double unit = 1;  // of the figure, in the name's
};

constexpr std::array figure_names = {
    FigureName{"nexus_items", "SKUs with an inventory record.", &store::StoreFigures::items},
    FigureName{"nexus_tenants", "Tenants.", &store::StoreFigures::tenants},
    FigureName{"nexus_reservations_held", "Reservations that are held.",
               &store::StoreFigures::reservations_held},
    FigureName{"nexus_commits", "Commands committed since start.", &store::StoreFigures::commits},
    FigureName{"nexus_events", "Events committed since start.", &store::StoreFigures::events},
    FigureName{"nexus_commit_groups", "Syncs of the commit log since start.", &store::StoreFigures::groups},
    FigureName{"nexus_commit_log_bytes", "Bytes written to the commit log since start.",
               &store::StoreFigures::log_bytes},
    FigureName{"nexus_checkpoints", "Checkpoints since start.", &store::StoreFigures::checkpoints},
    FigureName{"nexus_events_not_checkpointed", "Events that a restart would replay.",
               &store::StoreFigures::log_events_not_checkpointed},
    FigureName{"nexus_events_replayed", "Events that the start replayed.",
               &store::StoreFigures::replayed_events},
    FigureName{"nexus_replay_seconds", "The part of the start that replaying took.",
               &store::StoreFigures::replay_ms, 0.001},
};

}  // namespace

Metrics::Metrics(const store::Maintenance& maintenance, std::shared_ptr<const ServedCertificate> certificate)
    : maintenance_(maintenance), certificate_(std::move(certificate)) {
  auto& requests = prometheus::BuildCounter()
                       .Name("nexus_http_requests_total")
                       .Help("Requests answered.")
                       .Register(registry_);
  auto& seconds = prometheus::BuildHistogram()
                      .Name("nexus_http_request_seconds")
                      .Help("From the request being read to its answer being ready.")
                      .Register(registry_);
  const auto add_route = [&](const std::string& method, const std::string& path) {
    RouteFigures figures;
    for (std::size_t hundred = 1; hundred < figures.by_status_class.size(); ++hundred) {
      figures.by_status_class[hundred] =
          &requests.Add({{"method", method}, {"route", path}, {"status", std::to_string(hundred) + "xx"}});
    }
    figures.seconds = &seconds.Add({{"method", method}, {"route", path}}, seconds_buckets);
    routes_.push_back(figures);
  };
  for (const auto& route : routes()) add_route(std::string(route.method), std::string(route.path));
  add_route("other", "none");

  auto& bytes = prometheus::BuildCounter()
                    .Name("nexus_http_bytes_total")
                    .Help("Bytes on the wire.")
                    .Register(registry_);
  received_bytes_ = &bytes.Add({{"direction", "received"}});
  sent_bytes_ = &bytes.Add({{"direction", "sent"}});
  takes_writes_ = &prometheus::BuildGauge()
                       .Name("nexus_takes_writes")
                       .Help("1 while the store takes writes, else 0.")
                       .Register(registry_)
                       .Add({});
  for (const auto& [name, help, figure, unit] : figure_names) {
    auto& family =
        prometheus::BuildGauge().Name(std::string(name)).Help(std::string(help)).Register(registry_);
    store_gauges_.push_back({.gauge = &family.Add({}), .figure = figure, .unit = unit});
  }
  if (!certificate_) return;
  certificate_expiry_ = &prometheus::BuildGauge()
                             .Name("nexus_tls_certificate_expiry_timestamp_seconds")
                             .Help("When the certificate that new connections get expires, as Unix time.")
                             .Register(registry_)
                             .Add({});
}

void Metrics::count(const Route* route, unsigned status, std::chrono::nanoseconds took,
                    std::uint64_t request_bytes, std::uint64_t response_bytes) {
  const std::size_t index =
      route == nullptr ? routes_.size() - 1 : static_cast<std::size_t>(route - routes().data());
  const RouteFigures& figures = routes_[index];
  const std::size_t status_class = status / 100;
  if (status_class > 0 && status_class < figures.by_status_class.size()) {
    figures.by_status_class[status_class]->Increment();
  }
  figures.seconds->Observe(std::chrono::duration<double>(took).count());
  received_bytes_->Increment(static_cast<double>(request_bytes));
  sent_bytes_->Increment(static_cast<double>(response_bytes));
}

void Metrics::refresh() {
  const auto figures = maintenance_.figures();
  for (const auto& [gauge, figure, unit] : store_gauges_) {
    gauge->Set(static_cast<double>(figures.*figure) * unit);
  }
  takes_writes_->Set(maintenance_.health().takes_writes ? 1 : 0);
  if (certificate_) {
    certificate_expiry_->Set(static_cast<double>(certificate_->get()->expires().time_since_epoch().count()));
  }
}

std::string Metrics::text() {
  refresh();
  return prometheus::TextSerializer().Serialize(registry_.Collect());
}

}  // namespace nexus::http
