#pragma once

#include <cstdint>

#include "domain/error.hpp"
#include "store/clock.hpp"
#include "store/embedded/commit_log.hpp"
#include "store/embedded/database.hpp"
#include "store/embedded/state.hpp"
#include "store/embedded/window_bounds.hpp"
#include "store/maintenance.hpp"

namespace nexus::store::embedded {

// What was replayed, and how long that took.
struct Replay {
  std::uint64_t events = 0;
  std::int64_t ms = 0;
};

// Fills an empty state: loads the records, then replays what of the log they may not have. What was replayed
// becomes the open window, which has room for pending_max(least, …). Up to `parts` threads load at a time.
// UNAVAILABLE, naming the place, when something is damaged or missing.
domain::Result<Replay> recover(Database& database, CommitLog& log, State& state, WindowBounds least,
                               std::size_t parts, const Clock& clock, const Progress& progress);

}  // namespace nexus::store::embedded
