#pragma once

#include <cstdint>

#include "domain/error.hpp"
#include "store/embedded/commit_log.hpp"
#include "store/embedded/database.hpp"
#include "store/embedded/state.hpp"
#include "store/embedded/window_bounds.hpp"
#include "store/maintenance.hpp"

namespace nexus::store::embedded {

// Fills an empty state: loads the records, then replays what of the log they may not have. What was replayed
// becomes the open window, which has room for pending_max(least, …). Up to `parts` threads load at a time.
// UNAVAILABLE, naming the place, when something is damaged or missing.
domain::Result<void> recover(Database& database, CommitLog& log, State& state, WindowBounds least,
                             std::size_t parts, const Progress& progress);

}  // namespace nexus::store::embedded
