#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <string>
#include <vector>

#include "domain/error.hpp"

namespace nexus::store {

struct Health {
  bool takes_writes = true;
  std::string reason;  // why it does not, fit for anybody
  std::string detail;  // more of that, for the host's log alone: it may name machines and users
};

// Counters since the store was opened, and gauges of now; any thread may read them at any time.
struct StoreFigures {
  std::uint64_t items = 0;
  std::uint64_t tenants = 0;
  std::uint64_t reservations_held = 0;
  std::uint64_t commits = 0;
  std::uint64_t events = 0;
  std::uint64_t groups = 0;  // syncs of the commit log
  std::uint64_t log_bytes = 0;
  std::uint64_t checkpoints = 0;
  std::uint64_t log_events_not_checkpointed = 0;
  std::uint64_t replayed_events = 0;  // of the commit log, by the start
  std::uint64_t replay_ms = 0;        // the part of the start that took
};

struct VerifyReport {
  std::uint64_t tenants = 0;
  std::uint64_t items = 0;
  std::uint64_t levels = 0;
  std::uint64_t adjustments = 0;
  std::uint64_t reservations = 0;
  std::vector<std::string> problems;  // one line each, naming tenant, SKU and place; at most problems_max
  static constexpr std::size_t problems_max = 100;
  bool ok() const { return problems.empty(); }
};

// How far long work is: `done` of `total` (0 when not known), in the unit that fits the work.
using Progress = std::function<void(std::uint64_t done, std::uint64_t total)>;

// What ops people do with an engine that keeps its data here. Every method but health() and figures() blocks
// for as long as the work takes: call it on a thread that serves nobody else.
class Maintenance {
 public:
  virtual ~Maintenance() = default;

  virtual Health health() const = 0;
  virtual StoreFigures figures() const = 0;

  // Moves what the log holds into records and ledger, so that the next start has nothing to replay.
  virtual domain::Result<void> checkpoint() = 0;

  // Writes a copy of the store, as it stands at one moment, into the folder `destination`, which must not
  // exist yet. Reads and writes go on meanwhile. Progress is in bytes, and may come from another thread; it
  // comes from none after the return.
  virtual domain::Result<void> backup(const std::filesystem::path& destination, const Progress& progress) = 0;

  // Adds the whole ledger up again and compares it with the levels, the versions and the reservations, all of
  // one moment. Writes go on meanwhile.
  virtual domain::Result<VerifyReport> verify(const Progress& progress) = 0;
};

}  // namespace nexus::store
