#pragma once

#include <atomic>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include <rocksdb/db.h>
#include <rocksdb/env.h>
#include <rocksdb/listener.h>
#include <rocksdb/options.h>

#include "store/clock.hpp"

namespace nexus::store::embedded {

// Keeps RocksDB's warnings while it opens a database: they name the file of damage where the returned status
// does not.
class ComplaintLog final : public rocksdb::Logger {
 public:
  ComplaintLog() : rocksdb::Logger(rocksdb::InfoLogLevel::WARN_LEVEL) {}

  using rocksdb::Logger::Logv;
  void Logv(const char* format, va_list arguments) override;

  // What was noted, as the end of an error message; empty when nothing was.
  std::string text() const;
  void stop();

 private:
  mutable std::mutex mutex_;
  std::string lines_;
  bool is_stopped_ = false;
};

// Knows the error that has stopped RocksDB, and keeps it from going on by itself: that is for the writer to
// say, who has to see to what the error left behind.
class StopWatcher final : public rocksdb::EventListener {
 public:
  // The first error since the start or the last forget(), or ok. Any thread.
  rocksdb::Status error() const;
  void forget();

  void OnBackgroundError(rocksdb::BackgroundErrorReason reason, rocksdb::Status* error) override;
  void OnErrorRecoveryBegin(rocksdb::BackgroundErrorReason reason, rocksdb::Status error,
                            bool* goes_on) override;

 private:
  mutable std::mutex mutex_;
  rocksdb::Status error_;
  std::atomic<bool> has_error_{false};
};

rocksdb::DBOptions make_db_options(bool sync_writes);

// One for each Family, in their order. The clock tells which kept answers have expired.
std::vector<rocksdb::ColumnFamilyDescriptor> make_families(const Clock& clock);

}  // namespace nexus::store::embedded
