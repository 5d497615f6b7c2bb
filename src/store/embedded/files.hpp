#pragma once

#include <cstdint>
#include <filesystem>
#include <memory>
#include <string_view>
#include <vector>

#include <rocksdb/file_system.h>

namespace nexus::store::embedded {

// What the engine does with files itself, by way of the file system that RocksDB uses: whatever disk that one
// stands on, the other does too. Any thread.
class Files {
 public:
  explicit Files(std::shared_ptr<rocksdb::FileSystem> system) : system_(std::move(system)) {}

  rocksdb::FileSystem& system() const { return *system_; }

  bool exists(const std::filesystem::path& path) const;
  // With the folders above it.
  rocksdb::IOStatus create_folders(const std::filesystem::path& path) const;
  // Makes the names in the folder last: what was made, renamed or removed there.
  rocksdb::IOStatus sync_folder(const std::filesystem::path& folder) const;
  // What is in the folder, sorted; nothing when it cannot be read.
  std::vector<std::filesystem::path> list(const std::filesystem::path& folder) const;
  // Nothing happens when it is not there, or cannot be removed.
  void remove(const std::filesystem::path& file) const;
  // On the disk of the folder; 0 when it cannot be found out.
  std::uint64_t free_bytes(const std::filesystem::path& folder) const;

  // A file mapped for reading; empty when it cannot be.
  class Mapped {
   public:
    std::string_view bytes() const { return {bytes_.data(), bytes_.size()}; }

   private:
    friend class Files;
    std::unique_ptr<rocksdb::FSRandomAccessFile> file_;
    std::unique_ptr<char[]> scratch_;  // where the file system copies instead
    rocksdb::Slice bytes_;
  };
  Mapped map(const std::filesystem::path& file) const;

 private:
  std::shared_ptr<rocksdb::FileSystem> system_;
};

}  // namespace nexus::store::embedded
