#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <string>

#include <rocksdb/env.h>
#include <rocksdb/file_system.h>

namespace nexus::test {

// RocksDB's file system with faults to order. It knows what of each file was synced, so that it can say what
// a power cut would leave. Syncs only note that, and are quick.
class FaultyFileSystem final : public rocksdb::FileSystemWrapper {
 public:
  FaultyFileSystem();

  const char* Name() const override { return "nexus.test.faulty"; }

  // Called before each sync takes effect, while nothing is written.
  void on_sync(std::function<void()> hook);

  // From the `nth` sync of a write-ahead file on, every sync fails.
  void fail_syncs_from(int nth);

  // While full, appends write a part and fail for want of space.
  void set_full(bool is_full);

  // What of the unsynced end of a file the power cut leaves.
  enum class Unsynced : std::uint8_t { dropped, cut_anywhere, zeroed };
  // Copies the folder as a power cut now would leave it. From within the hook.
  void copy_after_power_cut(const std::filesystem::path& from, const std::filesystem::path& to,
                            Unsynced unsynced, std::uint32_t seed) const;

  rocksdb::IOStatus NewWritableFile(const std::string& name, const rocksdb::FileOptions& options,
                                    std::unique_ptr<rocksdb::FSWritableFile>* result,
                                    rocksdb::IODebugContext* context) override;
  rocksdb::IOStatus RenameFile(const std::string& from, const std::string& to,
                               const rocksdb::IOOptions& options, rocksdb::IODebugContext* context) override;
  rocksdb::IOStatus LinkFile(const std::string& from, const std::string& to,
                             const rocksdb::IOOptions& options, rocksdb::IODebugContext* context) override;
  rocksdb::IOStatus DeleteFile(const std::string& name, const rocksdb::IOOptions& options,
                               rocksdb::IODebugContext* context) override;

 private:
  friend class FaultyFile;
  rocksdb::IOStatus sync(const std::string& name, std::uint64_t size);
  bool is_full() const;

  mutable std::recursive_mutex mutex_;           // of every change to a file
  std::map<std::string, std::uint64_t> synced_;  // bytes, by the file's name
  std::function<void()> on_sync_;
  int syncs_left_ = -1;  // until they fail; never when negative
  bool is_full_ = false;
};

// An environment without faults whose syncs cost nothing: for looking at many stores that nothing happens to.
rocksdb::Env* quick_environment();

}  // namespace nexus::test
