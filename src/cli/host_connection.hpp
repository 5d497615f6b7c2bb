#pragma once

#include <filesystem>
#include <memory>

#include "cli/common_options.hpp"
#include "domain/error.hpp"
#include "service/host/admin.hpp"
#include "store/clock.hpp"
#include "store/embedded/embedded_store.hpp"

namespace nexus::cli {

// A way to work on a store: through the server that has it open, or by opening it here.
struct HostConnection {
  std::unique_ptr<store::SystemClock> clock;
  std::unique_ptr<store::Engine> engine;  // null when a server has the store open
  std::unique_ptr<service::AdminPort> port;
};

enum class IfMissing : std::uint8_t { create, fail };

// Opens the store in this process. A folder that is made for it can be read by its owner only.
domain::Result<std::unique_ptr<store::Engine>> open_store(const store::EmbeddedOptions& options,
                                                          const store::Clock& clock);

// UNAVAILABLE when there is no store, when it is damaged, or when a process that cannot be reached has it
// open. A database is worked on directly, whoever serves it; its tables are made where they are missing.
domain::Result<HostConnection> connect_to_store(const StorePlace& place, IfMissing if_missing,
                                                const store::Progress& on_load);

}  // namespace nexus::cli
