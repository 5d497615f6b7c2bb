#pragma once

#include <atomic>
#include <condition_variable>
#include <cstdint>
#include <mutex>
#include <optional>
#include <thread>

#include "domain/error.hpp"
#include "store/clock.hpp"
#include "store/embedded/commit_log.hpp"
#include "store/embedded/database.hpp"
#include "store/embedded/state.hpp"
#include "store/embedded/threads.hpp"
#include "store/embedded/window_bounds.hpp"
#include "store/maintenance.hpp"

namespace nexus::store::embedded {

// Moves the log into records and ledger, a window at a time, on a thread of its own.
//
// A checkpoint is fuzzy: it copies what changed in a window, or all items where most did, as it is by now, in
// small batches, each stamped with the last event that it reflects, while the writer goes on. It takes effect
// at once: ledger, records, archives and the mark of how far it came are ingested together or not at all.
class Checkpointer {
 public:
  // A window ends when it has what bounds_for(least, …) says, or `interval_ms` after the one before. All that
  // is referred to must outlive the checkpointer.
  Checkpointer(Database& database, CommitLog& log, State& state, WindowBounds least, std::int64_t interval_ms,
               const Clock& clock, Threads threads);
  // Stops between two checkpoints.
  ~Checkpointer();
  Checkpointer(const Checkpointer&) = delete;
  Checkpointer& operator=(const Checkpointer&) = delete;

  // Moves all that is visible at the call. Any thread; blocks.
  domain::Result<void> run();

  // For the writer's thread: a group became visible.
  void group_published();
  // For the writer's thread: waits while so much is pending that memory would suffer; without a thread that
  // would see to it, makes the room. UNAVAILABLE when waiting is no use, because checkpoints fail.
  domain::Result<void> wait_for_room();

  // Whether there is room for writes, and why not.
  Health health() const;

  std::uint64_t checkpoints() const { return checkpoints_; }
  std::uint64_t pending_events() const { return pending_events_; }

 private:
  void loop();
  bool is_due() const;
  bool is_full() const;
  domain::Result<void> run_locked();
  void seal();
  void measure();

  Database& database_;
  CommitLog& log_;
  State& state_;
  const WindowBounds least_;
  const std::int64_t interval_ms_;
  const Clock& clock_;

  std::mutex running_;  // one checkpoint at a time

  mutable std::mutex mutex_;
  std::condition_variable wake_;  // the thread: something is due, or the end
  std::condition_variable room_;  // the writer: a window is gone, or hope is
  bool is_stopping_ = false;
  std::optional<domain::Error> failure_;  // of the last checkpoint; nothing when it went well

  std::atomic<std::uint64_t> items_{0};  // of the store, when the open window was begun
  std::atomic<std::uint64_t> pending_events_{0};
  std::atomic<std::uint64_t> pending_bytes_{0};
  std::atomic<std::uint64_t> open_events_{0};
  std::atomic<std::uint64_t> open_bytes_{0};
  std::atomic<std::uint64_t> checkpoints_{0};
  std::thread thread_;
};

}  // namespace nexus::store::embedded
