#include "store/embedded/backup.hpp"

#include <fcntl.h>
#include <memory>
#include <system_error>
#include <unistd.h>

#include <fmt/format.h>
#include <rocksdb/utilities/checkpoint.h>

#include "store/embedded/crash_points.hpp"

namespace nexus::store::embedded {

namespace {

namespace fs = std::filesystem;

domain::Error failed(const fs::path& path, const std::error_code& error) {
  return {.code = domain::ErrorCode::unavailable,
          .message = fmt::format("the backup to {} failed: {}", path.string(), error.message())};
}

// A new name survives a crash only when the folder that holds it is synced.
std::error_code sync_folder(const fs::path& path) {
  const int fd = ::open(path.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (fd < 0) return {errno, std::generic_category()};
  const int result = ::fsync(fd);
  const std::error_code error{result == 0 ? 0 : errno, std::generic_category()};
  ::close(fd);
  return error;
}

domain::Result<void> copy_into(Database& database, const fs::path& folder) {
  const auto opened = database.use();
  if (!opened) return std::unexpected(opened.error());
  rocksdb::Checkpoint* raw = nullptr;
  auto status = rocksdb::Checkpoint::Create(&opened->rocks(), &raw);
  const std::unique_ptr<rocksdb::Checkpoint> checkpoint(raw);
  if (status.ok()) status = checkpoint->CreateCheckpoint((folder / "db").string());
  if (!status.ok()) return std::unexpected(to_error("the backup failed", status));
  return {};
}

}  // namespace

domain::Result<void> write_backup(Database& database, const fs::path& destination) {
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

  auto copied = copy_into(database, partial);
  crash_point("backup.copied");
  if (copied) {
    error = sync_folder(partial);
    if (!error) fs::rename(partial, target, error);
    if (!error) error = sync_folder(parent);
    if (error) copied = std::unexpected(failed(target, error));
  }
  if (!copied) {
    std::error_code ignored;
    fs::remove_all(partial, ignored);
  }
  crash_point("backup.done");
  return copied;
}

}  // namespace nexus::store::embedded
