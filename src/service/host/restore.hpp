#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>

#include "domain/error.hpp"
#include "store/maintenance.hpp"

namespace nexus::service {

struct RestoreReport {
  std::uint64_t files = 0;
  std::uint64_t bytes = 0;
};

// Says whether the engine can open what was copied to that folder.
using StoreCheck = std::function<domain::Result<void>(const std::filesystem::path& copy)>;

// Makes the data folder `destination` from the backup `source`. Nothing must be there yet, or an empty
// folder. It appears whole, checked and durable, or not at all. `progress` counts bytes.
domain::Result<RestoreReport> restore_backup(const std::filesystem::path& source,
                                             const std::filesystem::path& destination,
                                             const StoreCheck& check, const store::Progress& progress);

}  // namespace nexus::service
