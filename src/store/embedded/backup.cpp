#include "store/embedded/backup.hpp"

#include <algorithm>
#include <chrono>
#include <condition_variable>
#include <memory>
#include <mutex>
#include <stop_token>
#include <system_error>
#include <thread>

#include <fmt/format.h>
#include <rocksdb/utilities/checkpoint.h>

#include "store/crash_points.hpp"
#include "store/embedded/fault_settings.hpp"

namespace nexus::store::embedded {

namespace {

namespace fs = std::filesystem;

domain::Error failed(const fs::path& path, const std::error_code& error) {
  return {.code = domain::ErrorCode::unavailable,
          .message = fmt::format("the backup to {} failed: {}", path.string(), error.message())};
}

std::uint64_t bytes_in(const fs::path& folder) {
  std::uint64_t bytes = 0;
  std::error_code error;
  // Files come and go meanwhile: one that is not there any more counts nothing.
  for (fs::recursive_directory_iterator at(folder, error), end; !error && at != end; at.increment(error)) {
    std::error_code gone;
    const auto size = at->is_regular_file(gone) ? at->file_size(gone) : 0;
    if (!gone) bytes += size;
  }
  return bytes;
}

// RocksDB says nothing while it copies: what has come into the folder tells how far it is.
class CopyWatch {
 public:
  CopyWatch(fs::path folder, std::uint64_t total, const Progress& progress)
      : folder_(std::move(folder)), total_(total), progress_(progress) {
    if (progress_) thread_ = std::jthread([this](const std::stop_token& stop) { watch(stop); });
  }

  // Says the last word: all that came.
  void finish() {
    if (!progress_) return;
    thread_ = {};
    const auto bytes = bytes_in(folder_);
    progress_(bytes, bytes);
  }

 private:
  void watch(const std::stop_token& stop) {
    constexpr std::chrono::milliseconds interval{200};
    std::mutex mutex;
    std::condition_variable_any end;
    std::unique_lock lock(mutex);
    while (!end.wait_for(lock, stop, interval, [&] { return stop.stop_requested(); })) {
      const auto bytes = bytes_in(folder_);
      progress_(bytes, std::max(bytes, total_));
    }
  }

  fs::path folder_;
  std::uint64_t total_;
  const Progress& progress_;
  std::jthread thread_;  // last: it uses the others
};

// As `cp` would, and slowly: each file as it is at its own moment, the log last.
domain::Result<void> copy_files(const fs::path& from, const fs::path& to) {
  constexpr std::chrono::milliseconds between{700};
  std::error_code error;
  fs::create_directory(to, error);
  for (const bool is_log : {false, true}) {
    if (is_log) std::this_thread::sleep_for(between);
    for (fs::directory_iterator at(from, error), end; !error && at != end; at.increment(error)) {
      if ((at->path().extension() == ".log") == is_log)
        fs::copy(at->path(), to / at->path().filename(), error);
    }
  }
  return error ? domain::Result<void>(std::unexpected(failed(to, error))) : domain::Result<void>();
}

domain::Result<void> copy_into(Database& database, const fs::path& folder, const Progress& progress) {
  if (is_broken(Promise::one_moment)) return copy_files(database.directory() / "db", folder / "db");
  const auto opened = database.use();
  if (!opened) return std::unexpected(opened.error());
  std::uint64_t total = 0;
  opened->rocks().GetAggregatedIntProperty(rocksdb::DB::Properties::kLiveSstFilesSize, &total);
  CopyWatch watch(folder, total, progress);
  rocksdb::Checkpoint* raw = nullptr;
  auto status = rocksdb::Checkpoint::Create(&opened->rocks(), &raw);
  const std::unique_ptr<rocksdb::Checkpoint> checkpoint(raw);
  if (status.ok()) status = checkpoint->CreateCheckpoint((folder / "db").string());
  if (!status.ok()) return std::unexpected(to_error("the backup failed", status));
  watch.finish();
  return {};
}

// A name survives a crash only when the folder that holds it is synced.
domain::Result<void> give_name(const Files& files, const fs::path& partial, const fs::path& target) {
  auto status = files.sync_folder(partial);
  std::error_code error;
  if (status.ok()) fs::rename(partial, target, error);
  if (error) return std::unexpected(failed(target, error));
  if (status.ok()) status = files.sync_folder(target.parent_path());
  if (!status.ok()) return std::unexpected(to_error("the backup failed", status));
  return {};
}

}  // namespace

domain::Result<void> write_backup(Database& database, const fs::path& destination, const Progress& progress) {
  std::error_code error;
  const auto target = fs::absolute(destination, error).lexically_normal();
  if (error) return std::unexpected(failed(destination, error));
  if (fs::exists(fs::symlink_status(target, error))) {
    return domain::fail(domain::ErrorCode::unavailable,
                        fmt::format("there is something at {} already", target.string()));
  }
  const auto parent = target.parent_path();
  auto partial = target;
  partial += ".partial";
  fs::create_directories(parent, error);
  if (!error) fs::remove_all(partial, error);  // of a backup that was cut short
  if (!error) fs::create_directory(partial, error);
  if (error) return std::unexpected(failed(target, error));

  auto copied = copy_into(database, partial, progress);
  crash_point("backup.copied");
  if (copied) copied = give_name(database.files(), partial, target);
  if (!copied) {
    std::error_code ignored;
    fs::remove_all(partial, ignored);
  }
  crash_point("backup.done");
  return copied;
}

}  // namespace nexus::store::embedded
