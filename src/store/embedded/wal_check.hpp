#pragma once

#include <filesystem>

#include "domain/error.hpp"
#include "store/embedded/files.hpp"

namespace nexus::store::embedded {

// Reads RocksDB's write-ahead files in `folder` before it does.
//
// RocksDB takes whatever it cannot read for the torn end of the last write, and drops all that follows. Here
// a damaged place that a later record of the same file follows is told from that: no write is begun before
// the one before it is whole. UNAVAILABLE naming file and offset.
domain::Result<void> check_write_ahead_files(const Files& files, const std::filesystem::path& folder);

}  // namespace nexus::store::embedded
