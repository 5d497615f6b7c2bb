#pragma once

#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include <rocksdb/db.h>
#include <rocksdb/env.h>
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

rocksdb::DBOptions make_db_options(bool sync_writes, std::shared_ptr<rocksdb::Logger> log);

// One for each Family, in their order. The clock tells which kept answers have expired.
std::vector<rocksdb::ColumnFamilyDescriptor> make_families(const Clock& clock);

}  // namespace nexus::store::embedded
