#pragma once

#include <cstdint>
#include <memory>
#include <mutex>
#include <string>

#include <rocksdb/env.h>

#include "store/embedded/database_options.hpp"

namespace nexus::store::embedded {

// Surroundings for RocksDB.
//
// No sorted file goes while an error has stopped it. When the sync of its manifest fails, RocksDB takes back
// what it was ingesting and deletes the files, though the manifest may name them already: it could not be
// opened again. What is not needed goes at the next start.
//
// Write-ahead files have room ahead: see preallocated_log.hpp.
//
// Compaction waits for let_compaction_begin(): a start needs the processors for itself.
class RocksEnvironment final : public rocksdb::EnvWrapper {
 public:
  // `around` must outlive it.
  RocksEnvironment(rocksdb::Env& around, std::shared_ptr<const StopWatcher> stops);
  const char* Name() const override { return "nexus.rocks_environment"; }

  // Of a write-ahead file that is being written: without the room. A backup copies as much of it.
  rocksdb::Status GetFileSize(const std::string& path, std::uint64_t* size) override;

  void IncBackgroundThreadsIfNeeded(int number, Priority priority) override;
  void let_compaction_begin();

 private:
  std::mutex mutex_;
  bool compacts_ = false;
  int compaction_threads_ = 0;  // as many are wanted
};

}  // namespace nexus::store::embedded
