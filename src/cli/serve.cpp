#include "cli/serve.hpp"

#include <csignal>
#include <cstdlib>
#include <memory>
#include <optional>
#include <string>
#include <unistd.h>

#include <fmt/core.h>

#include "cli/admin_socket_server.hpp"
#include "cli/common_options.hpp"
#include "cli/demo.hpp"
#include "cli/demo_folder.hpp"
#include "cli/host_command.hpp"
#include "cli/host_connection.hpp"
#include "cli/output.hpp"
#include "cli/progress_bar.hpp"
#include "cli/served_tls.hpp"
#include "cli/signals.hpp"
#include "http/server/server.hpp"
#include "service/host/admin.hpp"
#include "store/embedded/embedded_store.hpp"
#include "store/postgres/postgres_store.hpp"
#include "store/wait.hpp"

namespace nexus::cli {

namespace {

using service::log_event;
using service::LogLevel;

// For people: the address that a browser on this machine would use.
std::string url_of(std::string endpoint, bool is_tls) {
  if (endpoint.starts_with("0.0.0.0:")) endpoint.replace(0, 7, "127.0.0.1");
  if (endpoint.starts_with("[::]:")) endpoint.replace(0, 4, "[::1]");
  return (is_tls ? "https://" : "http://") + endpoint;
}

domain::Result<std::unique_ptr<store::Engine>> load_store(const ServeOptions& options,
                                                          const StorePlace& place,
                                                          const store::Clock& clock) {
  if (place.is_database()) return store::open_postgres_store({.url = place.url}, clock);
  ProgressBar bar("Loading the store", "records", options.is_json);
  store::EmbeddedOptions embedded{.directory = place.directory};
  // Nothing of a demo outlives its process, so that nothing of it needs to be on the disk.
  embedded.sync_writes = !options.is_demo;
  embedded.on_load = [&bar](std::uint64_t done, std::uint64_t total) { bar.show(done, total); };
  return open_store(embedded, clock);
}

void tell_where(const ServeOptions& options, const StorePlace& place, const std::string& url,
                store::Store& store) {
  if (options.is_json || ::isatty(STDOUT_FILENO) != 1) return;
  fmt::print("Serving {} at {}; the API's documentation is at {}/docs. Ctrl-C stops.\n", place.description(),
             url, url);
  if (store::wait(store.tenants()).empty()) {
    fmt::print("\nThere is no tenant yet. In another terminal:\n  nexus-inventory tenant create shop{}\n",
               store_arguments(place));
  }
}

std::string_view name_of(int signal) {
  return signal == SIGINT ? "SIGINT" : signal == SIGHUP ? "SIGHUP" : "SIGTERM";
}

// Until somebody asks for the end.
void wait_for_stop(Signals& signals, const store::Maintenance& maintenance, std::optional<ServedTls>& tls) {
  bool took_writes = true;
  for (;;) {
    if (const auto came = signals.wait_for(std::chrono::seconds(1))) {
      if (came->wish == Signals::Wish::stop) {
        log_event(LogLevel::info, "stopping", {{"signal", name_of(came->signal)}});
        return;
      }
      if (tls) {
        tls->reload();
      } else {
        log_event(LogLevel::info, "nothing_to_reload", {{"signal", name_of(came->signal)}});
      }
    }
    const auto health = maintenance.health();
    if (took_writes && !health.takes_writes) {
      log_event(LogLevel::error, "store_takes_no_writes",
                {{"reason", health.reason}, {"detail", health.detail}});
    }
    took_writes = health.takes_writes;
  }
}

// Serves until the end is asked for, and on until what was in flight is done.
void run_server(const ServeOptions& options, const StorePlace& place, store::Engine& engine,
                const store::Clock& clock, const std::vector<DemoTenant>& demo, Signals& signals,
                std::optional<ServedTls>& tls) {
  http::ApiOptions api_options = options.api;
  http::ServerOptions server_options = options.server;
  if (tls) server_options.listeners.front().certificate = api_options.certificate = tls->certificate();
  http::Api api(engine, engine, clock, api_options);
  http::Server server(server_options, api);
  signals.arm();
  server.start();
  const std::string url = url_of(server.endpoints().front(), tls.has_value());
  log_event(LogLevel::info, "listening", {{"url", url}, {"data", place.description()}});
  if (server.endpoints().size() > 1) {
    log_event(LogLevel::info, "metrics_listening", {{"url", url_of(server.endpoints()[1], false)}});
  }
  if (options.is_demo) {
    print_demo(demo, url, options.is_json);
  } else {
    tell_where(options, place, url, engine);
  }
  wait_for_stop(signals, engine, tls);
  server.request_stop();
  const std::size_t given_up = server.wait();
  if (given_up == 0) return;
  // Their handlers may still come back from the store, to a server that would be gone.
  log_event(LogLevel::error, "requests_given_up", {{"requests", given_up}});
  std::ignore = engine.checkpoint();
  std::_Exit(exit_failed);
}

}  // namespace

int serve(const ServeOptions& options) {
  set_up_logging(options.log_level, options.is_json ? LogFormat::json : options.log_format);
  Signals signals;
  std::optional<ServedTls> tls;
  if (options.tls) {
    auto opened = ServedTls::open(*options.tls);
    if (!opened) {
      print_error(opened.error(), options.is_json);
      return exit_failed;
    }
    tls = std::move(*opened);
  }
  std::optional<DemoFolder> demo_folder;
  if (options.is_demo) demo_folder.emplace();
  const StorePlace place =
      demo_folder ? StorePlace{.directory = demo_folder->store(), .url = {}} : options.place;
  const store::SystemClock clock;
  auto engine = load_store(options, place, clock);
  if (!engine) {
    print_error(engine.error(), options.is_json);
    return exit_failed;
  }
  const auto figures = (*engine)->figures();
  log_event(LogLevel::info, "store_opened",
            {{"data", place.description()},
             {"tenants", figures.tenants},
             {"items", figures.items},
             {"replayed_events", figures.replayed_events},
             {"replay_ms", figures.replay_ms}});
  std::vector<DemoTenant> demo;
  if (options.is_demo) demo = make_demo(**engine);
  {
    service::AdminApi admin(**engine, **engine);
    // Only a folder is the server's alone: a database can be worked on beside it.
    std::optional<AdminSocketServer> admin_socket;
    if (!place.is_database()) admin_socket.emplace(place.directory, admin);
    run_server(options, place, **engine, clock, demo, signals, tls);
  }
  engine->reset();
  log_event(LogLevel::info, "stopped");
  return exit_ok;
}

}  // namespace nexus::cli
