#pragma once

#include <cstdint>
#include <filesystem>
#include <memory>
#include <optional>

#include "domain/error.hpp"
#include "store/embedded/files.hpp"

namespace nexus::store::embedded {

// Notes in a small file how far the log has been acknowledged. The note is written after each sync and never
// synced itself: it may be behind, never ahead. So a log that ends before it has lost something, also where
// its end alone looks like the torn end of the last write.
class AcknowledgedNote {
 public:
  // The sequence that the note in the store's folder has; nothing when there is no note. UNAVAILABLE when it
  // is damaged.
  static domain::Result<std::optional<std::uint64_t>> read(const Files& files,
                                                           const std::filesystem::path& directory);

  // Makes the file, or takes it over, with `sequence` in it.
  static domain::Result<AcknowledgedNote> open(const Files& files, const std::filesystem::path& directory,
                                               std::uint64_t sequence);

  // Failing to note is not a failure: the note is then behind.
  void write(std::uint64_t sequence);

 private:
  explicit AcknowledgedNote(std::unique_ptr<rocksdb::FSRandomRWFile> file) : file_(std::move(file)) {}
  std::unique_ptr<rocksdb::FSRandomRWFile> file_;
};

}  // namespace nexus::store::embedded
