#include "cli/demo_folder.hpp"

#include <cerrno>
#include <cstdlib>
#include <fcntl.h>
#include <string>
#include <system_error>
#include <unistd.h>

#include <sys/file.h>

namespace nexus::cli {

namespace {

namespace fs = std::filesystem;

constexpr std::string_view folder_name = "nexus-inventory-demo-";

// Nothing when somebody else holds it, or there is none.
Descriptor lock_of(const fs::path& folder, int flags) {
  Descriptor lock(
      ::open((folder / "lock").c_str(), O_RDWR | O_CLOEXEC | O_NOFOLLOW | flags, S_IRUSR | S_IWUSR));
  if (lock && ::flock(lock.get(), LOCK_EX | LOCK_NB) != 0) return {};
  return lock;
}

void sweep(const fs::path& above) {
  std::error_code error;
  for (const auto& entry : fs::directory_iterator(above, error)) {
    if (!entry.path().filename().string().starts_with(folder_name)) continue;
    if (!entry.is_directory(error) || entry.is_symlink(error)) continue;
    // Another user's cannot be opened.
    if (const auto lock = lock_of(entry.path(), 0)) fs::remove_all(entry.path(), error);
  }
}

}  // namespace

DemoFolder::DemoFolder() {
  const fs::path above = fs::temp_directory_path();
  sweep(above);
  std::string made = (above / (std::string(folder_name) + "XXXXXX")).string();
  if (::mkdtemp(made.data()) == nullptr) {
    throw std::system_error(errno, std::generic_category(), "cannot make a folder in " + above.string());
  }
  folder_ = made;
  lock_ = lock_of(folder_, O_CREAT);
}

DemoFolder::~DemoFolder() {
  std::error_code error;
  fs::remove_all(folder_, error);
}

}  // namespace nexus::cli
