#include "store/embedded/fault_settings.hpp"

#include <charconv>
#include <cstdlib>
#include <string_view>

namespace nexus::store::embedded {

namespace {

std::string_view environment(const char* name) {
  const char* text = std::getenv(name);  // NOLINT(concurrency-mt-unsafe): nobody sets it meanwhile
  return text == nullptr ? std::string_view() : std::string_view(text);
}

}  // namespace

EmbeddedOptions with_fault_settings(EmbeddedOptions options) {
  const auto events = environment("NEXUS_TEST_CHECKPOINT_EVENTS");
  std::from_chars(events.data(), events.data() + events.size(), options.checkpoint_events);
  if (environment("NEXUS_TEST_SYNC_WRITES") == "0") options.sync_writes = false;
  return options;
}

}  // namespace nexus::store::embedded
