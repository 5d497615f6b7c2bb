#include "contract/engine_factory.hpp"
#include "store/memory/memory_store.hpp"

nexus::contract::EngineFactory nexus::contract::engine_under_test() {
  return {.name = "memory",
          .open = [](const auto&, const store::Clock& clock) { return store::make_memory_store(clock); },
          .keeps_data = false};
}
