#pragma once

#include <chrono>
#include <cstdint>
#include <filesystem>
#include <map>
#include <optional>
#include <string>

namespace nexus::test {

struct ChildRun {
  bool was_killed = false;  // by SIGKILL
  int exit_code = 0;
  std::map<int, std::int64_t> acknowledged;  // the last step of each lane
};

// Runs crash_child.cpp over the folder, with the crash point armed if one is named, and kills it after a
// while if that is given.
ChildRun run_child(const std::filesystem::path& folder, int lanes, std::int64_t steps,
                   const std::string& crash_point,
                   std::optional<std::chrono::milliseconds> kill_after = std::nullopt);

}  // namespace nexus::test
