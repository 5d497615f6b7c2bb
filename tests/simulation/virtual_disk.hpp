#pragma once

#include <array>
#include <cstdint>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <random>
#include <string>
#include <vector>

#include <rocksdb/file_system.h>

#include "store/clock.hpp"

namespace nexus::simulation {

using Dice = std::mt19937_64;

// What can be made to go wrong.
enum class Fault : std::uint8_t { write, sync, name, full };
inline constexpr std::array all_faults{Fault::write, Fault::sync, Fault::name, Fault::full};
std::string_view name(Fault fault);

// A disk in memory as a RocksDB file system. Of each file it knows what is synced, and of each folder which
// changes of its names are, so that it can say what a power cut leaves. It fails when it is told to. The
// store's folder is "/store".
class VirtualDisk final : public rocksdb::FileSystem {
 public:
  VirtualDisk(const store::Clock& clock, std::uint64_t seed);

  const char* Name() const override { return "nexus.simulation.disk"; }

  // After `changes` more changes the machine stops in the midst of one: whatever is asked of the disk then
  // fails, until start_process() or restart_machine(). Both are for when no file is open.
  void stop_after(std::uint64_t changes);
  void stop();
  bool is_stopped() const { return is_stopped_; }
  // What was written is there.
  void start_process();
  // What was synced is there; of what was not, anything may be.
  void restart_machine();

  // From the `nth` change of the fault's kind on, one such change fails, or all until heal().
  void fail(Fault fault, std::uint64_t nth, bool lasts);
  // From `bytes` more on, the disk is full: a write says so or, where space is found for bytes only when they
  // are synced, a sync.
  void fill_after(std::uint64_t bytes, bool is_told_by_sync);
  void heal();
  bool is_full() const { return room_.has_value(); }
  // While it is so, writes and syncs of sorted files go well: what is due to fail fails afterwards.
  void spare_tables(bool are_spared) { spares_tables_ = are_spared; }
  // RocksDB's copy of its options cannot be written: it does without, and half the time of a start is saved.
  void refuse_option_files() { refuses_option_files_ = true; }
  // The positive control: syncs do nothing.
  void ignore_syncs() { ignores_syncs_ = true; }

  // The whole of it, to come back to.
  struct Image;
  std::shared_ptr<const Image> save() const;
  void load(const Image& image);
  // Turns one bit of a file of the store over; its name, with the place. Nothing when there are no bytes.
  std::optional<std::string> flip_a_bit();

  std::uint64_t changes() const { return changes_; }
  // How many there were, by Fault.
  using FaultCounts = std::array<std::uint64_t, all_faults.size()>;
  const FaultCounts& faults() const { return done_; }

  rocksdb::IOStatus NewSequentialFile(const std::string& path, const rocksdb::FileOptions& options,
                                      std::unique_ptr<rocksdb::FSSequentialFile>* result,
                                      rocksdb::IODebugContext* context) override;
  rocksdb::IOStatus NewRandomAccessFile(const std::string& path, const rocksdb::FileOptions& options,
                                        std::unique_ptr<rocksdb::FSRandomAccessFile>* result,
                                        rocksdb::IODebugContext* context) override;
  rocksdb::IOStatus NewWritableFile(const std::string& path, const rocksdb::FileOptions& options,
                                    std::unique_ptr<rocksdb::FSWritableFile>* result,
                                    rocksdb::IODebugContext* context) override;
  rocksdb::IOStatus ReopenWritableFile(const std::string& path, const rocksdb::FileOptions& options,
                                       std::unique_ptr<rocksdb::FSWritableFile>* result,
                                       rocksdb::IODebugContext* context) override;
  rocksdb::IOStatus NewRandomRWFile(const std::string& path, const rocksdb::FileOptions& options,
                                    std::unique_ptr<rocksdb::FSRandomRWFile>* result,
                                    rocksdb::IODebugContext* context) override;
  rocksdb::IOStatus NewDirectory(const std::string& path, const rocksdb::IOOptions& options,
                                 std::unique_ptr<rocksdb::FSDirectory>* result,
                                 rocksdb::IODebugContext* context) override;
  rocksdb::IOStatus FileExists(const std::string& path, const rocksdb::IOOptions& options,
                               rocksdb::IODebugContext* context) override;
  rocksdb::IOStatus GetChildren(const std::string& folder, const rocksdb::IOOptions& options,
                                std::vector<std::string>* names, rocksdb::IODebugContext* context) override;
  rocksdb::IOStatus DeleteFile(const std::string& path, const rocksdb::IOOptions& options,
                               rocksdb::IODebugContext* context) override;
  rocksdb::IOStatus CreateDir(const std::string& path, const rocksdb::IOOptions& options,
                              rocksdb::IODebugContext* context) override;
  rocksdb::IOStatus CreateDirIfMissing(const std::string& path, const rocksdb::IOOptions& options,
                                       rocksdb::IODebugContext* context) override;
  rocksdb::IOStatus DeleteDir(const std::string& path, const rocksdb::IOOptions& options,
                              rocksdb::IODebugContext* context) override;
  rocksdb::IOStatus GetFileSize(const std::string& path, const rocksdb::IOOptions& options,
                                std::uint64_t* size, rocksdb::IODebugContext* context) override;
  rocksdb::IOStatus GetFileModificationTime(const std::string& path, const rocksdb::IOOptions& options,
                                            std::uint64_t* time, rocksdb::IODebugContext* context) override;
  rocksdb::IOStatus RenameFile(const std::string& from, const std::string& to,
                               const rocksdb::IOOptions& options, rocksdb::IODebugContext* context) override;
  rocksdb::IOStatus LinkFile(const std::string& from, const std::string& to,
                             const rocksdb::IOOptions& options, rocksdb::IODebugContext* context) override;
  rocksdb::IOStatus LockFile(const std::string& path, const rocksdb::IOOptions& options,
                             rocksdb::FileLock** lock, rocksdb::IODebugContext* context) override;
  rocksdb::IOStatus UnlockFile(rocksdb::FileLock* lock, const rocksdb::IOOptions& options,
                               rocksdb::IODebugContext* context) override;
  rocksdb::IOStatus GetTestDirectory(const rocksdb::IOOptions& options, std::string* path,
                                     rocksdb::IODebugContext* context) override;
  rocksdb::IOStatus GetAbsolutePath(const std::string& path, const rocksdb::IOOptions& options,
                                    std::string* absolute, rocksdb::IODebugContext* context) override;
  rocksdb::IOStatus IsDirectory(const std::string& path, const rocksdb::IOOptions& options, bool* is_folder,
                                rocksdb::IODebugContext* context) override;
  rocksdb::IOStatus GetFreeSpace(const std::string& path, const rocksdb::IOOptions& options,
                                 std::uint64_t* bytes, rocksdb::IODebugContext* context) override;

  // What a name stands for.
  struct Node {
    bool is_folder = false;
    bool is_table = false;              // a sorted file
    bool is_log = false;                // a write-ahead file
    std::string bytes;                  // behind what was written there may be room, of zeros
    std::size_t written = 0;            // bytes from the beginning, without the room
    std::size_t synced = 0;             // of what was written
    std::size_t synced_size = 0;        // with the room
    std::optional<std::string> before;  // what is synced of one that was written over since
    bool is_lost = false;               // a sync failed: what was not synced then never is
    std::int64_t changed_at = 0;        // seconds
  };
  using NodePtr = std::shared_ptr<Node>;

 private:
  friend class DiskFile;
  friend class DiskRewrittenFile;
  friend class DiskFolder;
  using Names = std::map<std::string, NodePtr>;

  // A change of names that is not synced yet. It is in all of the folders, or in none.
  struct NameChange {
    std::string folder;                                  // whose sync makes it last
    std::vector<std::pair<std::string, NodePtr>> names;  // null takes the name away
  };

  static std::string folder_of(const std::string& path);
  rocksdb::IOStatus append(Node& node, const rocksdb::Slice& data);
  rocksdb::IOStatus write_ahead(Node& node, std::uint64_t offset, const rocksdb::Slice& data);
  rocksdb::IOStatus truncate(Node& node, std::uint64_t size);
  // Writes `data`, or as much of it as the faults let through: `count`.
  rocksdb::IOStatus write_at(Node& node, std::uint64_t offset, const rocksdb::Slice& data,
                             std::size_t* count);
  rocksdb::IOStatus overwrite(Node& node, std::uint64_t offset, const rocksdb::Slice& data);
  rocksdb::IOStatus sync(Node& node);
  rocksdb::IOStatus sync_folder(const std::string& path);
  rocksdb::IOStatus change_names(NameChange change);
  rocksdb::IOStatus find(const std::string& path, NodePtr* node) const;
  // Counts a change of the kind; whether it is to fail, and how. The last one before a stop is half done.
  rocksdb::IOStatus begin_change(Fault kind, bool* is_half_done, const Node* node = nullptr);
  std::uint64_t roll(std::uint64_t below) { return below == 0 ? 0 : dice_() % below; }
  void tear(Node& node);
  void tear_tail(Node& node);

  const store::Clock& clock_;
  Dice dice_;
  mutable std::recursive_mutex mutex_;
  Names names_;          // as they are
  Names durable_names_;  // as they are for sure after a power cut
  std::vector<NameChange> unsynced_names_;

  bool is_stopped_ = false;
  std::optional<std::uint64_t> changes_left_;
  bool ignores_syncs_ = false;
  bool spares_tables_ = false;
  bool refuses_option_files_ = false;
  std::optional<std::uint64_t> room_;  // bytes
  bool is_full_told_by_sync_ = false;
  struct Plan {
    std::optional<std::uint64_t> left;
    bool lasts = false;
  };
  std::array<Plan, all_faults.size()> plans_;
  FaultCounts done_{};
  std::uint64_t changes_ = 0;
};

struct VirtualDisk::Image {
  Names names;
  Names durable_names;
  std::vector<NameChange> unsynced_names;
};

}  // namespace nexus::simulation
