#pragma once

#include <filesystem>

#include "domain/error.hpp"
#include "store/embedded/database.hpp"
#include "store/maintenance.hpp"

namespace nexus::store::embedded {

// Copies the store, as it stands at one moment, into a folder that does not exist yet. It appears there whole
// or not at all. Progress as Maintenance::backup() has it.
domain::Result<void> write_backup(Database& database, const std::filesystem::path& destination,
                                  const Progress& progress);

}  // namespace nexus::store::embedded
