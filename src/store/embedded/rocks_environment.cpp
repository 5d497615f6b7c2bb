#include "store/embedded/rocks_environment.hpp"

#include <algorithm>
#include <atomic>
#include <map>
#include <mutex>
#include <string>
#include <utility>

#include <rocksdb/file_system.h>

#include "store/embedded/preallocated_log.hpp"

namespace nexus::store::embedded {

namespace {

class RocksFileSystem final : public rocksdb::FileSystemWrapper {
 public:
  RocksFileSystem(const std::shared_ptr<rocksdb::FileSystem>& around,
                  std::shared_ptr<const StopWatcher> stops)
      : FileSystemWrapper(around), stops_(std::move(stops)) {}
  const char* Name() const override { return "nexus.rocks_file_system"; }

  rocksdb::IOStatus NewWritableFile(const std::string& path, const rocksdb::FileOptions& options,
                                    std::unique_ptr<rocksdb::FSWritableFile>* result,
                                    rocksdb::IODebugContext* context) override {
    auto status = FileSystemWrapper::NewWritableFile(path, options, result, context);
    if (!status.ok() || !path.ends_with(".log")) return status;
    auto log = std::make_unique<PreallocatedLog>(std::move(*result));
    {
      const std::scoped_lock lock(mutex_);
      std::erase_if(logs_, [](const auto& entry) { return entry.second.expired(); });
      logs_[path] = log->written();
    }
    *result = std::move(log);
    return status;
  }

  // A copy of a log that is being written is as long as this says: in its room are records that are only half
  // there.
  rocksdb::IOStatus GetFileSize(const std::string& path, const rocksdb::IOOptions& options,
                                std::uint64_t* size, rocksdb::IODebugContext* context) override {
    {
      const std::scoped_lock lock(mutex_);
      const auto found = logs_.find(path);
      const auto written = found == logs_.end() ? nullptr : found->second.lock();
      if (written) {
        *size = *written;
        return {};
      }
    }
    return FileSystemWrapper::GetFileSize(path, options, size, context);
  }

  rocksdb::IOStatus DeleteFile(const std::string& path, const rocksdb::IOOptions& options,
                               rocksdb::IODebugContext* context) override {
    if (path.ends_with(".sst") && !stops_->error().ok()) return {};
    return FileSystemWrapper::DeleteFile(path, options, context);
  }

 private:
  std::shared_ptr<const StopWatcher> stops_;
  std::mutex mutex_;
  std::map<std::string, std::weak_ptr<std::atomic<std::uint64_t>>> logs_;  // by path; open ones
};

}  // namespace

RocksEnvironment::RocksEnvironment(rocksdb::Env& around, std::shared_ptr<const StopWatcher> stops)
    : EnvWrapper(&around) {
  file_system_ = std::make_shared<RocksFileSystem>(around.GetFileSystem(), std::move(stops));
  system_clock_ = around.GetSystemClock();
}

// By itself it would ask what it is around.
rocksdb::Status RocksEnvironment::GetFileSize(const std::string& path, std::uint64_t* size) {
  return file_system_->GetFileSize(path, rocksdb::IOOptions(), size, nullptr);
}

// What is scheduled where there are no threads waits for them.
void RocksEnvironment::IncBackgroundThreadsIfNeeded(int number, Priority priority) {
  if (priority == Priority::LOW) {
    const std::scoped_lock lock(mutex_);
    compaction_threads_ = std::max(compaction_threads_, number);
    if (!compacts_) return;
  }
  EnvWrapper::IncBackgroundThreadsIfNeeded(number, priority);
}

void RocksEnvironment::let_compaction_begin() {
  const std::scoped_lock lock(mutex_);
  compacts_ = true;
  EnvWrapper::IncBackgroundThreadsIfNeeded(compaction_threads_, Priority::LOW);
}

}  // namespace nexus::store::embedded
