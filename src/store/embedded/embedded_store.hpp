#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <memory>

#include "store/clock.hpp"
#include "store/engine.hpp"

namespace nexus::store {

struct EmbeddedOptions {
  std::filesystem::path directory;
  bool create_if_missing = true;
  // A window of the log is moved into records and ledger when it has so many events or bytes (of a store with
  // many items up to four times as many, window_bounds.hpp), or after so long.
  std::uint64_t checkpoint_events = 500'000;
  std::uint64_t checkpoint_bytes = 64ULL << 20;
  std::int64_t checkpoint_interval_ms = 60'000;
  // Positive controls for the crash tests: false acknowledges what was not synced.
  bool sync_writes = true;
  // How far loading is, for a start with much data.
  Progress on_load;
};

// Opens (or makes) the store in a folder: state in memory, commit log and ledger in RocksDB beneath it. The
// clock must outlive it. Destroying it finishes what was accepted, checkpoints and closes.
//
// Errors: UNAVAILABLE when another process has it open, when it is not there and may not be made, or when it
// is damaged; the message names the file and the place.
domain::Result<std::unique_ptr<Engine>> open_embedded_store(const EmbeddedOptions& options,
                                                            const Clock& clock);

}  // namespace nexus::store
