#include "cli/host_connection.hpp"

#include <chrono>
#include <thread>

#include "cli/admin_socket_client.hpp"
#include "cli/output.hpp"
#include "store/postgres/postgres_store.hpp"

namespace nexus::cli {

namespace {

namespace fs = std::filesystem;

bool has_files(const fs::path& directory) {
  std::error_code error;
  return fs::is_directory(directory, error) && !fs::is_empty(directory, error);
}

domain::Result<HostConnection> open_here(const StorePlace& place, IfMissing if_missing,
                                         const store::Progress& on_load) {
  HostConnection connection;
  connection.clock = std::make_unique<store::SystemClock>();
  store::EmbeddedOptions options{.directory = place.directory,
                                 .create_if_missing = if_missing == IfMissing::create};
  options.on_load = on_load;
  auto engine = place.is_database() ? store::open_postgres_store({.url = place.url}, *connection.clock)
                                    : open_store(options, *connection.clock);
  if (!engine) return std::unexpected(std::move(engine.error()));
  connection.engine = std::move(*engine);
  connection.port = std::make_unique<service::AdminApi>(*connection.engine, *connection.engine);
  return connection;
}

}  // namespace

domain::Result<std::unique_ptr<store::Engine>> open_store(const store::EmbeddedOptions& options,
                                                          const store::Clock& clock) {
  std::error_code error;
  if (options.create_if_missing && fs::create_directories(options.directory, error)) {
    fs::permissions(options.directory, fs::perms::owner_all, error);
  }
  return store::open_embedded_store(options, clock);
}

domain::Result<HostConnection> connect_to_store(const StorePlace& place, IfMissing if_missing,
                                                const store::Progress& on_load) {
  if (place.is_database()) return open_here(place, if_missing, on_load);
  const auto& directory = place.directory;
  if (if_missing == IfMissing::fail && !has_files(directory)) {
    return domain::fail(domain::ErrorCode::unavailable,
                        "there is no store at " + directory.string() +
                            ": name the right folder with --data, or make one with `nexus-inventory tenant "
                            "create NAME --data " +
                            shell_quoted(directory.string()) + "`");
  }
  // A server that is just starting or stopping has the store locked while its socket does not answer yet.
  constexpr auto patience = std::chrono::seconds(3);
  const auto give_up_at = std::chrono::steady_clock::now() + patience;
  for (;;) {
    if (auto remote = connect_to_server(directory)) {
      HostConnection connection;
      connection.port = std::move(remote);
      return connection;
    }
    auto opened = open_here(place, if_missing, on_load);
    if (opened || !opened.error().retryable()) return opened;
    if (std::chrono::steady_clock::now() >= give_up_at) {
      opened.error().message += " (and no server answers at " + (directory / "admin.sock").string() + ")";
      return opened;
    }
    std::this_thread::sleep_for(std::chrono::milliseconds(100));
  }
}

}  // namespace nexus::cli
