#pragma once

#include <atomic>
#include <expected>
#include <filesystem>
#include <memory>
#include <mutex>
#include <optional>
#include <shared_mutex>
#include <string>
#include <string_view>
#include <vector>

#include <rocksdb/db.h>
#include <rocksdb/sst_file_writer.h>

#include "domain/error.hpp"
#include "store/clock.hpp"
#include "store/embedded/database_options.hpp"
#include "store/embedded/files.hpp"
#include "store/embedded/rocks_environment.hpp"

namespace nexus::store::embedded {

// The column families, in the order in which they are opened. README.md says what is in each. Of the two that
// have items one at a time is `items`; the other one is empty.
enum class Family : std::uint8_t { meta, log, records, items, next_items, ledger, reservations, answers };

// UNAVAILABLE: what was being done, and what RocksDB says of it (it names the file where it knows one).
domain::Error to_error(std::string_view doing, const rocksdb::Status& status);

// Keys and values that go into one column family as one sorted file.
class SortedRun;

// The RocksDB database in a store's folder, opened and tuned. Any thread may use it.
class Database {
 public:
  // RocksDB as it is open now. It is not closed while one of these is held: hold it for one piece of work, do
  // not ask for a second one meanwhile, and let iterators go first.
  class Use {
   public:
    rocksdb::DB& rocks() const { return *database_->db_; }
    rocksdb::ColumnFamilyHandle* family(Family which) const {
      return database_->handles_[database_->place_of(which)];
    }
    // Null when there is no such key.
    domain::Result<std::optional<std::string>> get(Family which, std::string_view key) const;
    // Over the whole family, unordered by any prefix filter. `upper`, when given, must outlive the iterator.
    std::unique_ptr<rocksdb::Iterator> scan(Family which, const rocksdb::Slice* upper = nullptr) const;

   private:
    friend class Database;
    Use(Database& database, std::shared_lock<std::shared_timed_mutex> lock)
        : database_(&database), lock_(std::move(lock)) {}

    Database* database_;
    std::shared_lock<std::shared_timed_mutex> lock_;
  };

  struct Options {
    std::filesystem::path directory;  // of the store; RocksDB's own files are in `db` below it
    bool create_if_missing = true;
    bool sync_writes = true;
    bool own_threads = true;  // whether files may be opened by several threads at once
    rocksdb::Env* environment = rocksdb::Env::Default();
  };

  // The clock must outlive it.
  static domain::Result<std::unique_ptr<Database>> open(const Options& options, const Clock& clock);
  ~Database();
  Database(const Database&) = delete;
  Database& operator=(const Database&) = delete;

  // UNAVAILABLE while RocksDB is closed, because it could not be opened again.
  domain::Result<Use> use();
  // Use::get(), for one key.
  domain::Result<std::optional<std::string>> get(Family which, std::string_view key);

  // What has stopped RocksDB from writing, or ok.
  rocksdb::Status stopped_by() const { return stops_->error(); }

  // A file in the making, on the same file system, for ingest().
  SortedRun start_run(Family family);
  // Makes all of the runs visible and durable at once, or none. After one of `next_items` that family is
  // `items`, and the other one waits for clear_next_items().
  rocksdb::Status ingest(std::vector<SortedRun> runs);
  // Whether a run of `next_items` may be ingested. Of the checkpointer's thread, as the next one.
  bool is_next_items_clear();
  // Drops all that is there, files and all. Busy while others are using the database: it can be done later.
  rocksdb::Status clear_next_items();

  // Closes RocksDB and opens it anew, after a full disk stopped it: what it then has is what a start would
  // find. NoSpace while there is too little for that, Busy while others are using it; after anything else it
  // stays closed.
  rocksdb::Status reopen();

  // Until then sorted files are not merged.
  void let_compaction_begin() { environment_.let_compaction_begin(); }

  const std::filesystem::path& directory() const { return directory_; }
  const Files& files() const { return files_; }

 private:
  explicit Database(const Options& options)
      : directory_(options.directory),
        files_(options.environment->GetFileSystem()),
        environment_(*options.environment, stops_) {}
  domain::Result<void> prepare_folders(bool create_if_missing);
  struct OpenFailure {
    rocksdb::Status status;
    domain::Error error;
  };
  std::expected<void, OpenFailure> open_rocks();
  void close_rocks();
  std::size_t place_of(Family which) const;  // in handles_
  rocksdb::Status find_items();
  domain::Result<void> check_format();
  rocksdb::ColumnFamilyOptions file_options(Family family) const;
  std::uint64_t room_to_reopen() const;  // bytes

  std::string damaged_files() const;

  std::filesystem::path directory_;
  Files files_;
  rocksdb::DBOptions db_options_;
  std::vector<rocksdb::ColumnFamilyDescriptor> descriptors_;
  std::unique_ptr<rocksdb::DB> db_;
  std::vector<rocksdb::ColumnFamilyHandle*> handles_;  // null where one was dropped and not made anew
  std::atomic<bool> has_items_in_b_{false};
  std::uint64_t next_run_ = 0;     // of the checkpointer's thread only
  std::shared_timed_mutex using_;  // exclusively: to close and open
  std::shared_ptr<StopWatcher> stops_ = std::make_shared<StopWatcher>();
  RocksEnvironment environment_;
};

// Keys are added in ascending order. The first failure is kept and told by finish(). The file goes with the
// object, unless it was ingested.
class SortedRun {
 public:
  SortedRun(SortedRun&&) noexcept;
  SortedRun& operator=(SortedRun&&) noexcept;
  ~SortedRun();

  void put(std::string_view key, std::string_view value);
  void erase(std::string_view key);
  rocksdb::Status finish();
  bool is_empty() const { return entries_ == 0; }

 private:
  friend class Database;
  SortedRun(Family family, std::filesystem::path path, const rocksdb::Options& options, const Files& files);

  struct Writer;
  Family family_;
  std::filesystem::path path_;
  const Files* files_;
  std::unique_ptr<Writer> writer_;
  rocksdb::Status status_;
  rocksdb::ExternalSstFileInfo info_;  // once it is finished
  std::uint64_t entries_ = 0;
};

}  // namespace nexus::store::embedded
