#pragma once

#include <filesystem>

#include "cli/admin_frames.hpp"

namespace nexus::cli {

// A folder of its own for a demo's store, beneath the one for temporary files. It goes with the object; what
// demos that were killed have left behind goes when the next one begins.
class DemoFolder {
 public:
  DemoFolder();  // throws std::system_error
  ~DemoFolder();
  DemoFolder(const DemoFolder&) = delete;
  DemoFolder& operator=(const DemoFolder&) = delete;

  std::filesystem::path store() const { return folder_ / "store"; }

 private:
  std::filesystem::path folder_;
  Descriptor lock_;  // held while the folder is in use
};

}  // namespace nexus::cli
