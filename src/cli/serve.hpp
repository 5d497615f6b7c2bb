#pragma once

#include <optional>

#include "cli/common_options.hpp"
#include "cli/logging.hpp"
#include "http/api/api.hpp"
#include "http/server/options.hpp"
#include "http/server/tls_certificate.hpp"
#include "service/log.hpp"

namespace nexus::cli {

struct ServeOptions {
  StorePlace place;
  bool is_demo = false;  // a store of its own with demo data, gone at the end; `place` does not count
  bool is_json = false;
  http::ServerOptions server;         // its first listener is the API's
  std::optional<http::TlsFiles> tls;  // what the first listener speaks TLS with; plain HTTP without
  http::ApiOptions api;
  service::LogLevel log_level = service::LogLevel::info;
  LogFormat log_format = LogFormat::automatic;
};

// Opens the store and serves it until SIGTERM or SIGINT; then finishes what is in flight, checkpoints and
// closes. On SIGHUP the TLS files are read again. Returns the exit code.
int serve(const ServeOptions& options);

}  // namespace nexus::cli
