#include "faulty_file_system.hpp"

#include <algorithm>
#include <fstream>
#include <iterator>
#include <random>

namespace nexus::test {

class FaultyFile final : public rocksdb::FSWritableFileOwnerWrapper {
 public:
  FaultyFile(FaultyFileSystem& system, std::string name, std::unique_ptr<rocksdb::FSWritableFile> file)
      : FSWritableFileOwnerWrapper(std::move(file)), system_(system), name_(std::move(name)) {}

  rocksdb::IOStatus Append(const rocksdb::Slice& data, const rocksdb::IOOptions& options,
                           rocksdb::IODebugContext* context) override {
    const std::scoped_lock lock(system_.mutex_);
    auto part = data;
    if (system_.is_full()) part.remove_suffix(data.size() / 2);
    size_ += part.size();
    auto status = FSWritableFileOwnerWrapper::Append(part, options, context);
    if (status.ok() && system_.is_full()) return rocksdb::IOStatus::NoSpace("the disk is full");
    return status;
  }
  rocksdb::IOStatus Append(const rocksdb::Slice& data, const rocksdb::IOOptions& options,
                           const rocksdb::DataVerificationInfo& /*info*/,
                           rocksdb::IODebugContext* context) override {
    return Append(data, options, context);
  }
  rocksdb::IOStatus PositionedAppend(const rocksdb::Slice& data, std::uint64_t offset,
                                     const rocksdb::IOOptions& options,
                                     rocksdb::IODebugContext* context) override {
    const std::scoped_lock lock(system_.mutex_);
    if (system_.is_full()) return rocksdb::IOStatus::NoSpace("the disk is full");
    return FSWritableFileOwnerWrapper::PositionedAppend(data, offset, options, context);
  }
  // Nothing is set aside beforehand: the next write meets a disk that is full.
  void SetPreallocationBlockSize(std::size_t /*size*/) override {}
  rocksdb::IOStatus Sync(const rocksdb::IOOptions& /*options*/,
                         rocksdb::IODebugContext* /*context*/) override {
    return system_.sync(name_, size_);
  }
  rocksdb::IOStatus Fsync(const rocksdb::IOOptions& /*options*/,
                          rocksdb::IODebugContext* /*context*/) override {
    return system_.sync(name_, size_);
  }

 private:
  FaultyFileSystem& system_;
  std::string name_;
  std::uint64_t size_ = 0;
};

FaultyFileSystem::FaultyFileSystem() : FileSystemWrapper(rocksdb::FileSystem::Default()) {}

void FaultyFileSystem::on_sync(std::function<void()> hook) {
  const std::scoped_lock lock(mutex_);
  on_sync_ = std::move(hook);
}

void FaultyFileSystem::fail_syncs_from(int nth) {
  const std::scoped_lock lock(mutex_);
  syncs_left_ = nth;
}

void FaultyFileSystem::set_full(bool is_full) {
  const std::scoped_lock lock(mutex_);
  is_full_ = is_full;
}

bool FaultyFileSystem::is_full() const {
  return is_full_;
}

rocksdb::IOStatus FaultyFileSystem::sync(const std::string& name, std::uint64_t size) {
  const std::scoped_lock lock(mutex_);
  if (on_sync_) on_sync_();
  if (syncs_left_ >= 0 && name.ends_with(".log") && --syncs_left_ <= 0) {
    syncs_left_ = 0;
    return rocksdb::IOStatus::IOError("the sync failed");
  }
  synced_[name] = size;
  return rocksdb::IOStatus::OK();
}

rocksdb::IOStatus FaultyFileSystem::NewWritableFile(const std::string& name,
                                                    const rocksdb::FileOptions& options,
                                                    std::unique_ptr<rocksdb::FSWritableFile>* result,
                                                    rocksdb::IODebugContext* context) {
  const std::scoped_lock lock(mutex_);
  std::unique_ptr<rocksdb::FSWritableFile> file;
  auto status = FileSystemWrapper::NewWritableFile(name, options, &file, context);
  if (!status.ok()) return status;
  synced_[name] = 0;
  *result = std::make_unique<FaultyFile>(*this, name, std::move(file));
  return status;
}

rocksdb::IOStatus FaultyFileSystem::RenameFile(const std::string& from, const std::string& to,
                                               const rocksdb::IOOptions& options,
                                               rocksdb::IODebugContext* context) {
  const std::scoped_lock lock(mutex_);
  if (const auto found = synced_.find(from); found != synced_.end()) {
    synced_[to] = found->second;
    synced_.erase(from);
  }
  return FileSystemWrapper::RenameFile(from, to, options, context);
}

rocksdb::IOStatus FaultyFileSystem::LinkFile(const std::string& from, const std::string& to,
                                             const rocksdb::IOOptions& options,
                                             rocksdb::IODebugContext* context) {
  const std::scoped_lock lock(mutex_);
  if (const auto found = synced_.find(from); found != synced_.end()) synced_[to] = found->second;
  return FileSystemWrapper::LinkFile(from, to, options, context);
}

rocksdb::IOStatus FaultyFileSystem::DeleteFile(const std::string& name, const rocksdb::IOOptions& options,
                                               rocksdb::IODebugContext* context) {
  const std::scoped_lock lock(mutex_);
  synced_.erase(name);
  return FileSystemWrapper::DeleteFile(name, options, context);
}

void FaultyFileSystem::copy_after_power_cut(const std::filesystem::path& from,
                                            const std::filesystem::path& to, Unsynced unsynced,
                                            std::uint32_t seed) const {
  std::minstd_rand chance(seed + 1);
  for (const auto& entry : std::filesystem::recursive_directory_iterator(from)) {
    const auto target = to / std::filesystem::relative(entry.path(), from);
    if (entry.is_directory()) {
      std::filesystem::create_directories(target);
      continue;
    }
    std::filesystem::create_directories(target.parent_path());
    std::ifstream in(entry.path(), std::ios::binary);
    std::string bytes{std::istreambuf_iterator<char>(in), {}};
    if (const auto found = synced_.find(entry.path().string()); found != synced_.end()) {
      const auto synced = std::min<std::size_t>(found->second, bytes.size());
      const auto rest = bytes.size() - synced;
      if (unsynced == Unsynced::dropped) bytes.resize(synced);
      if (unsynced == Unsynced::cut_anywhere && rest > 0) bytes.resize(synced + chance() % (rest + 1));
      if (unsynced == Unsynced::zeroed)
        std::fill(bytes.begin() + static_cast<std::ptrdiff_t>(synced), bytes.end(), '\0');
    }
    std::ofstream(target, std::ios::binary) << bytes;
  }
}

rocksdb::Env* quick_environment() {
  static const auto environment = rocksdb::NewCompositeEnv(std::make_shared<FaultyFileSystem>());
  return environment.get();
}

}  // namespace nexus::test
