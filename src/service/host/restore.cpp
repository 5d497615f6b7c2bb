#include "service/host/restore.hpp"

#include <cerrno>
#include <cstring>
#include <fcntl.h>
#include <fstream>
#include <string>
#include <system_error>
#include <unistd.h>
#include <vector>

#include "store/crash_points.hpp"

namespace nexus::service {

namespace {

namespace fs = std::filesystem;
using domain::ErrorCode;
using domain::fail;
using domain::Result;

// Through to the disk: a restored store is not one until it would survive a power cut.
void sync_path(const fs::path& path) {
  const int fd = ::open(path.c_str(), O_RDONLY | O_CLOEXEC);
  if (fd < 0 || ::fsync(fd) != 0) {
    const int error = errno;
    if (fd >= 0) ::close(fd);
    throw fs::filesystem_error("cannot sync", path, std::error_code(error, std::generic_category()));
  }
  ::close(fd);
}

std::uint64_t size_of_tree(const fs::path& folder) {
  std::uint64_t bytes = 0;
  for (const auto& entry : fs::recursive_directory_iterator(folder)) {
    if (entry.is_regular_file()) bytes += entry.file_size();
  }
  return bytes;
}

RestoreReport copy_tree(const fs::path& source, const fs::path& destination,
                        const store::Progress& progress) {
  const std::uint64_t total = size_of_tree(source);
  RestoreReport report;
  fs::create_directories(destination);
  fs::permissions(destination, fs::perms::owner_all);
  for (const auto& entry : fs::recursive_directory_iterator(source)) {
    const fs::path to = destination / entry.path().lexically_relative(source);
    if (entry.is_directory()) {
      fs::create_directory(to);
    } else if (entry.is_regular_file()) {
      fs::copy_file(entry.path(), to);
      sync_path(to);
      store::crash_point("restore.file_copied");
      ++report.files;
      report.bytes += entry.file_size();
      if (progress) progress(report.bytes, total);
    }
  }
  for (const auto& entry : fs::recursive_directory_iterator(destination)) {
    if (entry.is_directory()) sync_path(entry.path());
  }
  sync_path(destination);
  store::crash_point("restore.copied");
  return report;
}

}  // namespace

Result<RestoreReport> restore_backup(const fs::path& source, const fs::path& destination,
                                     const StoreCheck& check, const store::Progress& progress) {
  try {
    if (!fs::is_directory(source)) {
      return fail(ErrorCode::validation_error, "there is no backup at \"" + source.string() + "\"");
    }
    if (fs::exists(destination) && !fs::is_empty(destination)) {
      return fail(ErrorCode::validation_error,
                  "\"" + destination.string() + "\" is not empty: restore into a new folder");
    }
    const fs::path whole = fs::absolute(destination).lexically_normal();
    const fs::path target = whole.has_filename() ? whole : whole.parent_path();
    const auto from_source = target.lexically_relative(fs::absolute(source).lexically_normal() / "");
    if (!from_source.empty() && *from_source.begin() != "..") {
      return fail(ErrorCode::validation_error, "a store cannot be restored into its own backup");
    }
    fs::path partial = target;
    partial += ".restoring";
    fs::remove_all(partial);
    const auto report = copy_tree(source, partial, progress);
    if (const auto good = check(partial); !good) {
      fs::remove_all(partial);
      return fail(
          ErrorCode::validation_error,
          "\"" + source.string() + "\" is not a backup that can be opened: " + told_to_host(good.error()));
    }
    store::crash_point("restore.checked");
    if (fs::exists(target)) fs::remove(target);
    store::crash_point("restore.before_name");
    fs::rename(partial, target);
    store::crash_point("restore.named");
    sync_path(target.parent_path());
    return report;
  } catch (const fs::filesystem_error& error) {
    return fail(ErrorCode::unavailable, std::string("the restore failed: ") + error.what());
  }
}

}  // namespace nexus::service
