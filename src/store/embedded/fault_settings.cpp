#include "store/embedded/fault_settings.hpp"

#include <algorithm>
#include <array>
#include <atomic>
#include <charconv>
#include <cstdlib>
#include <string_view>
#include <utility>

#include <fmt/format.h>

namespace nexus::store::embedded {

namespace {

constexpr std::string_view permission = "may-be-broken";

constexpr std::array<std::pair<std::string_view, Promise>, 6> promises{{{"sync", Promise::sync},
                                                                        {"errors", Promise::errors},
                                                                        {"recovery", Promise::recovery},
                                                                        {"checksums", Promise::checksums},
                                                                        {"stamps", Promise::stamps},
                                                                        {"one_moment", Promise::one_moment}}};

std::atomic<Promise> broken{Promise::none};

std::string_view environment(const char* name) {
  const char* text = std::getenv(name);  // NOLINT(concurrency-mt-unsafe): nobody sets it meanwhile
  return text == nullptr ? std::string_view() : std::string_view(text);
}

domain::Result<Promise> promise_to_break(const std::filesystem::path& directory) {
  const auto name = environment("NEXUS_TEST_BREAK");
  if (name.empty()) return Promise::none;
  std::error_code error;
  const auto* const found = std::ranges::find(promises, name, &decltype(promises)::value_type::first);
  if (found == promises.end() || !std::filesystem::exists(directory / permission, error)) {
    return domain::fail(
        domain::ErrorCode::unavailable,
        fmt::format("NEXUS_TEST_BREAK={} breaks stores: it is for tests only, of a folder with a "
                    "file \"{}\" in it, and {} has none",
                    name, permission, directory.string()));
  }
  return found->second;
}

}  // namespace

domain::Result<EmbeddedOptions> with_fault_settings(EmbeddedOptions options) {
  const auto events = environment("NEXUS_TEST_CHECKPOINT_EVENTS");
  std::from_chars(events.data(), events.data() + events.size(), options.checkpoint_events);
  const auto promise = promise_to_break(options.directory);
  if (!promise) return std::unexpected(promise.error());
  if (*promise != Promise::none) break_promise(*promise);
  if (*promise == Promise::sync) options.sync_writes = false;
  return options;
}

void break_promise(Promise promise) {
  broken = promise;
}

bool is_broken(Promise promise) {
  return broken.load(std::memory_order_relaxed) == promise;
}

}  // namespace nexus::store::embedded
