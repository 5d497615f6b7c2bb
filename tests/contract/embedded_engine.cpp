#include <stdexcept>

#include "contract/engine_factory.hpp"
#include "store/embedded/embedded_store.hpp"

namespace nexus::contract {

EngineFactory engine_under_test() {
  const auto open = [](const std::filesystem::path& folder,
                       const store::Clock& clock) -> std::unique_ptr<store::Store> {
    auto opened = store::open_embedded_store({.directory = folder / "store",
                                              .checkpoint_events = NEXUS_CHECKPOINT_EVENTS,
                                              .checkpoint_interval_ms = NEXUS_CHECKPOINT_INTERVAL_MS},
                                             clock);
    if (!opened) throw std::runtime_error(opened.error().message);
    return std::move(*opened);
  };
  return {.name = "embedded", .open = open, .keeps_data = true};
}

}  // namespace nexus::contract
