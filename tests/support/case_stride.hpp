#pragma once

#include <cstddef>
#include <cstdlib>
#include <string>

namespace nexus::test {

// How far apart those stand that are tried of many cases of one kind, such as the bytes that a log may be cut
// at: 1, which is each of them, unless NEXUS_TEST_STRIDE says otherwise.
inline std::size_t case_stride() {
  const char* text = std::getenv("NEXUS_TEST_STRIDE");
  return text == nullptr ? 1 : std::stoul(text);
}

}  // namespace nexus::test
