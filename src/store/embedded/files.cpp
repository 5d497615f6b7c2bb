#include "store/embedded/files.hpp"

#include <algorithm>
#include <string>

namespace nexus::store::embedded {

bool Files::exists(const std::filesystem::path& path) const {
  return system_->FileExists(path.string(), {}, nullptr).ok();
}

rocksdb::IOStatus Files::create_folders(const std::filesystem::path& path) const {
  if (path.empty() || exists(path)) return {};
  if (auto status = create_folders(path.parent_path()); !status.ok()) return status;
  return system_->CreateDirIfMissing(path.string(), {}, nullptr);
}

rocksdb::IOStatus Files::sync_folder(const std::filesystem::path& folder) const {
  std::unique_ptr<rocksdb::FSDirectory> opened;
  const auto path = folder.empty() ? "." : folder.string();
  if (auto status = system_->NewDirectory(path, {}, &opened, nullptr); !status.ok()) return status;
  return opened->Fsync({}, nullptr);
}

std::vector<std::filesystem::path> Files::list(const std::filesystem::path& folder) const {
  std::vector<std::string> names;
  if (!system_->GetChildren(folder.string(), {}, &names, nullptr).ok()) return {};
  std::ranges::sort(names);
  std::vector<std::filesystem::path> paths;
  for (const auto& name : names) {
    if (name != "." && name != "..") paths.push_back(folder / name);
  }
  return paths;
}

void Files::remove(const std::filesystem::path& file) const {
  system_->DeleteFile(file.string(), {}, nullptr).PermitUncheckedError();
}

std::uint64_t Files::free_bytes(const std::filesystem::path& folder) const {
  std::uint64_t bytes = 0;
  return system_->GetFreeSpace(folder.string(), {}, &bytes, nullptr).ok() ? bytes : 0;
}

Files::Mapped Files::map(const std::filesystem::path& file) const {
  Mapped mapped;
  rocksdb::FileOptions options;
  options.use_mmap_reads = true;
  std::uint64_t size = 0;
  // Nothing cannot be mapped.
  if (!system_->GetFileSize(file.string(), {}, &size, nullptr).ok() || size == 0) return mapped;
  if (!system_->NewRandomAccessFile(file.string(), options, &mapped.file_, nullptr).ok()) return mapped;
  // Mapped, the file gives its own bytes; this stays untouched then.
  mapped.scratch_.reset(new char[size]);
  if (!mapped.file_->Read(0, size, {}, &mapped.bytes_, mapped.scratch_.get(), nullptr).ok()) {
    mapped.bytes_.clear();
  }
  return mapped;
}

}  // namespace nexus::store::embedded
