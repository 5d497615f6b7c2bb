#include "store/embedded/rocks_environment.hpp"

#include <string>
#include <utility>

#include <rocksdb/file_system.h>

#include "store/embedded/log_room.hpp"

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
    if (status.ok() && path.ends_with(".log")) *result = std::make_unique<RoomyLogFile>(std::move(*result));
    return status;
  }

  rocksdb::IOStatus DeleteFile(const std::string& path, const rocksdb::IOOptions& options,
                               rocksdb::IODebugContext* context) override {
    if (path.ends_with(".sst") && !stops_->error().ok()) return {};
    return FileSystemWrapper::DeleteFile(path, options, context);
  }

 private:
  std::shared_ptr<const StopWatcher> stops_;
};

}  // namespace

RocksEnvironment::RocksEnvironment(rocksdb::Env& around, std::shared_ptr<const StopWatcher> stops)
    : EnvWrapper(&around) {
  file_system_ = std::make_shared<RocksFileSystem>(around.GetFileSystem(), std::move(stops));
  system_clock_ = around.GetSystemClock();
}

}  // namespace nexus::store::embedded
