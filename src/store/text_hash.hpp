#pragma once

#include <cstddef>
#include <string_view>

namespace nexus::store {

// The hash for tables in memory of texts that clients choose: keyed with bits that the process draws once, so
// that nobody outside can choose texts that all fall into one place of a table. It is XXH3 with a secret of
// our own: no cryptographic hash, and need not be one, as its values are never shown. No two processes have
// the same: what outlives one must not depend on it. Any thread.
struct TextHash {
  using is_transparent = void;
  using is_avalanching = void;

  std::size_t operator()(std::string_view text) const;
};

}  // namespace nexus::store
