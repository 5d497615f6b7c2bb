#include <stdexcept>

#include "contract/engine_factory.hpp"
#include "store/embedded/embedded_store.hpp"

nexus::contract::EngineFactory nexus::contract::engine_under_test() {
  return {.name = "embedded",
          .open = [](const std::filesystem::path& folder,
                     const store::Clock& clock) -> std::unique_ptr<store::Store> {
            // Windows so small that every test crosses many checkpoints.
            auto opened = store::open_embedded_store(
                {.directory = folder / "store", .checkpoint_events = 16, .checkpoint_interval_ms = 50},
                clock);
            if (!opened) throw std::runtime_error(opened.error().message);
            return std::move(*opened);
          },
          .keeps_data = true};
}
