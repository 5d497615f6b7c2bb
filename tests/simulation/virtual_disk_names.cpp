// What RocksDB asks of a file system: to open files, and to look up, make, change and take away names.
#include "simulation/disk_files.hpp"
#include "simulation/virtual_disk.hpp"

namespace nexus::simulation {

using rocksdb::IOStatus;

namespace {

constexpr std::uint64_t free_bytes = 1ULL << 40;

// RocksDB writes some names with two strokes.
std::string tidy(const std::string& path) {
  std::string out;
  for (const char c : path) {
    if (c != '/' || out.empty() || out.back() != '/') out.push_back(c);
  }
  if (out.size() > 1 && out.back() == '/') out.pop_back();
  return out;
}

}  // namespace

IOStatus VirtualDisk::NewSequentialFile(const std::string& path, const rocksdb::FileOptions& /*options*/,
                                        std::unique_ptr<rocksdb::FSSequentialFile>* result,
                                        rocksdb::IODebugContext* /*context*/) {
  const std::scoped_lock lock(mutex_);
  NodePtr node;
  if (auto status = find(tidy(path), &node); !status.ok()) return status;
  *result = std::make_unique<DiskStream>(*this, std::move(node));
  return {};
}

IOStatus VirtualDisk::NewRandomAccessFile(const std::string& path, const rocksdb::FileOptions& /*options*/,
                                          std::unique_ptr<rocksdb::FSRandomAccessFile>* result,
                                          rocksdb::IODebugContext* /*context*/) {
  const std::scoped_lock lock(mutex_);
  NodePtr node;
  if (auto status = find(tidy(path), &node); !status.ok()) return status;
  *result = std::make_unique<DiskReader>(*this, std::move(node));
  return {};
}

IOStatus VirtualDisk::NewWritableFile(const std::string& path, const rocksdb::FileOptions& /*options*/,
                                      std::unique_ptr<rocksdb::FSWritableFile>* result,
                                      rocksdb::IODebugContext* /*context*/) {
  const std::scoped_lock lock(mutex_);
  const auto at = tidy(path);
  auto node = std::make_shared<Node>();
  if (refuses_option_files_ && at.find("/OPTIONS-") != std::string::npos) {
    return IOStatus::IOError("no option files");
  }
  node->is_table = at.ends_with(".sst");
  node->is_log = at.ends_with(".log");
  if (auto status = change_names({.folder = folder_of(at), .names = {{at, node}}}); !status.ok()) {
    return status;
  }
  *result = std::make_unique<DiskFile>(*this, std::move(node));
  return {};
}

IOStatus VirtualDisk::ReopenWritableFile(const std::string& path, const rocksdb::FileOptions& options,
                                         std::unique_ptr<rocksdb::FSWritableFile>* result,
                                         rocksdb::IODebugContext* context) {
  const std::scoped_lock lock(mutex_);
  NodePtr node;
  if (!find(tidy(path), &node).ok()) return NewWritableFile(path, options, result, context);
  node->written = node->bytes.size();
  *result = std::make_unique<DiskFile>(*this, std::move(node));
  return {};
}

IOStatus VirtualDisk::NewRandomRWFile(const std::string& path, const rocksdb::FileOptions& /*options*/,
                                      std::unique_ptr<rocksdb::FSRandomRWFile>* result,
                                      rocksdb::IODebugContext* /*context*/) {
  const std::scoped_lock lock(mutex_);
  NodePtr node;
  if (auto status = find(tidy(path), &node); !status.ok()) return status;
  *result = std::make_unique<DiskRewrittenFile>(*this, std::move(node));
  return {};
}

IOStatus VirtualDisk::NewDirectory(const std::string& path, const rocksdb::IOOptions& /*options*/,
                                   std::unique_ptr<rocksdb::FSDirectory>* result,
                                   rocksdb::IODebugContext* /*context*/) {
  const std::scoped_lock lock(mutex_);
  NodePtr node;
  if (auto status = find(tidy(path), &node); !status.ok()) return status;
  *result = std::make_unique<DiskFolder>(*this, tidy(path));
  return {};
}

IOStatus VirtualDisk::FileExists(const std::string& path, const rocksdb::IOOptions& /*options*/,
                                 rocksdb::IODebugContext* /*context*/) {
  const std::scoped_lock lock(mutex_);
  if (path == "/") return {};
  NodePtr node;
  auto status = find(tidy(path), &node);
  return status.IsPathNotFound() ? IOStatus::NotFound() : status;
}

IOStatus VirtualDisk::GetChildren(const std::string& folder, const rocksdb::IOOptions& /*options*/,
                                  std::vector<std::string>* names, rocksdb::IODebugContext* /*context*/) {
  const std::scoped_lock lock(mutex_);
  names->clear();
  NodePtr node;
  const auto at = tidy(folder);
  if (auto status = find(at, &node); !status.ok()) return status;
  for (auto entry = names_.lower_bound(at + "/"); entry != names_.end(); ++entry) {
    if (!entry->first.starts_with(at + "/")) break;
    const auto rest = entry->first.substr(at.size() + 1);
    if (rest.find('/') == std::string::npos) names->push_back(rest);
  }
  return {};
}

IOStatus VirtualDisk::DeleteFile(const std::string& path, const rocksdb::IOOptions& /*options*/,
                                 rocksdb::IODebugContext* /*context*/) {
  const std::scoped_lock lock(mutex_);
  const auto at = tidy(path);
  NodePtr node;
  if (auto status = find(at, &node); !status.ok()) return status;
  return change_names({.folder = folder_of(at), .names = {{at, nullptr}}});
}

IOStatus VirtualDisk::CreateDir(const std::string& path, const rocksdb::IOOptions& options,
                                rocksdb::IODebugContext* context) {
  return CreateDirIfMissing(path, options, context);
}

IOStatus VirtualDisk::CreateDirIfMissing(const std::string& path, const rocksdb::IOOptions& /*options*/,
                                         rocksdb::IODebugContext* /*context*/) {
  const std::scoped_lock lock(mutex_);
  const auto at = tidy(path);
  NodePtr node;
  if (auto status = find(at, &node); !status.IsPathNotFound()) return status;
  node = std::make_shared<Node>();
  node->is_folder = true;
  return change_names({.folder = folder_of(at), .names = {{at, node}}});
}

IOStatus VirtualDisk::DeleteDir(const std::string& path, const rocksdb::IOOptions& options,
                                rocksdb::IODebugContext* context) {
  return DeleteFile(path, options, context);
}

IOStatus VirtualDisk::GetFileSize(const std::string& path, const rocksdb::IOOptions& /*options*/,
                                  std::uint64_t* size, rocksdb::IODebugContext* /*context*/) {
  const std::scoped_lock lock(mutex_);
  NodePtr node;
  if (auto status = find(tidy(path), &node); !status.ok()) return status;
  *size = node->bytes.size();
  return {};
}

IOStatus VirtualDisk::GetFileModificationTime(const std::string& path, const rocksdb::IOOptions& /*options*/,
                                              std::uint64_t* time, rocksdb::IODebugContext* /*context*/) {
  const std::scoped_lock lock(mutex_);
  NodePtr node;
  if (auto status = find(tidy(path), &node); !status.ok()) return status;
  *time = static_cast<std::uint64_t>(node->changed_at);
  return {};
}

IOStatus VirtualDisk::RenameFile(const std::string& from, const std::string& to,
                                 const rocksdb::IOOptions& /*options*/,
                                 rocksdb::IODebugContext* /*context*/) {
  const std::scoped_lock lock(mutex_);
  NodePtr node;
  if (auto status = find(tidy(from), &node); !status.ok()) return status;
  return change_names({.folder = folder_of(tidy(to)), .names = {{tidy(from), nullptr}, {tidy(to), node}}});
}

IOStatus VirtualDisk::LinkFile(const std::string& from, const std::string& to,
                               const rocksdb::IOOptions& /*options*/, rocksdb::IODebugContext* /*context*/) {
  const std::scoped_lock lock(mutex_);
  NodePtr node;
  if (auto status = find(tidy(from), &node); !status.ok()) return status;
  return change_names({.folder = folder_of(tidy(to)), .names = {{tidy(to), node}}});
}

IOStatus VirtualDisk::LockFile(const std::string& path, const rocksdb::IOOptions& /*options*/,
                               rocksdb::FileLock** lock, rocksdb::IODebugContext* /*context*/) {
  const std::scoped_lock guard(mutex_);
  if (is_stopped_) return IOStatus::IOError("the machine is off: " + path);
  *lock = new rocksdb::FileLock();
  return {};
}

IOStatus VirtualDisk::UnlockFile(rocksdb::FileLock* lock, const rocksdb::IOOptions& /*options*/,
                                 rocksdb::IODebugContext* /*context*/) {
  delete lock;
  return {};
}

IOStatus VirtualDisk::GetTestDirectory(const rocksdb::IOOptions& /*options*/, std::string* path,
                                       rocksdb::IODebugContext* /*context*/) {
  *path = "/test";
  return {};
}

IOStatus VirtualDisk::GetAbsolutePath(const std::string& path, const rocksdb::IOOptions& /*options*/,
                                      std::string* absolute, rocksdb::IODebugContext* /*context*/) {
  *absolute = path;
  return {};
}

IOStatus VirtualDisk::IsDirectory(const std::string& path, const rocksdb::IOOptions& /*options*/,
                                  bool* is_folder, rocksdb::IODebugContext* /*context*/) {
  const std::scoped_lock lock(mutex_);
  NodePtr node;
  if (auto status = find(tidy(path), &node); !status.ok()) return status;
  *is_folder = node->is_folder;
  return {};
}

IOStatus VirtualDisk::GetFreeSpace(const std::string& /*path*/, const rocksdb::IOOptions& /*options*/,
                                   std::uint64_t* bytes, rocksdb::IODebugContext* /*context*/) {
  const std::scoped_lock lock(mutex_);
  if (is_stopped_) return IOStatus::IOError("the machine is off");
  *bytes = room_.value_or(free_bytes);
  return {};
}

}  // namespace nexus::simulation
