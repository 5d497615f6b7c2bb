#pragma once

#include <filesystem>
#include <functional>
#include <memory>
#include <string>

#include "store/clock.hpp"
#include "store/store.hpp"

namespace nexus::contract {

// How the engine that the suite runs over is had.
struct EngineFactory {
  std::string name;
  // Opens the engine on what the folder holds (an empty one at first). Folder and clock outlive it.
  std::function<std::unique_ptr<store::Store>(const std::filesystem::path& folder, const store::Clock& clock)>
      open;
  // Whether what was written is there again when the folder is opened anew, also when it is a copy that was
  // made while the engine was open and idle: what a crash leaves behind.
  bool keeps_data = false;
};

// Each engine's program defines its own.
EngineFactory engine_under_test();

}  // namespace nexus::contract
