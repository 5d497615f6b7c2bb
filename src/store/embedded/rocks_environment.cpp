#include "store/embedded/table_keeper.hpp"

#include <string>
#include <utility>

#include <rocksdb/file_system.h>

namespace nexus::store::embedded {

namespace {

class KeepingFileSystem final : public rocksdb::FileSystemWrapper {
 public:
  KeepingFileSystem(const std::shared_ptr<rocksdb::FileSystem>& around,
                    std::shared_ptr<const StopWatcher> stops)
      : FileSystemWrapper(around), stops_(std::move(stops)) {}
  const char* Name() const override { return "nexus.keeping_file_system"; }

  rocksdb::IOStatus DeleteFile(const std::string& path, const rocksdb::IOOptions& options,
                               rocksdb::IODebugContext* context) override {
    if (path.ends_with(".sst") && !stops_->error().ok()) return {};
    return FileSystemWrapper::DeleteFile(path, options, context);
  }

 private:
  std::shared_ptr<const StopWatcher> stops_;
};

}  // namespace

TableKeeper::TableKeeper(rocksdb::Env& around, std::shared_ptr<const StopWatcher> stops)
    : EnvWrapper(&around) {
  file_system_ = std::make_shared<KeepingFileSystem>(around.GetFileSystem(), std::move(stops));
  system_clock_ = around.GetSystemClock();
}

}  // namespace nexus::store::embedded
