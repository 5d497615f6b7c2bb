#pragma once

#include <algorithm>
#include <cstddef>
#include <string>

namespace nexus::store {

// Lengthens a text, whose first `written` bytes stay, so that at least `bytes` more can be written behind
// them. What is behind is not set. A text that has the room keeps its place in memory; else it at least
// doubles, so that many small steps cost no more than a few large ones.
inline void make_room_in(std::string& text, std::size_t written, std::size_t bytes) {
  const auto needed = written + bytes;
  const auto length = needed <= text.capacity() ? text.capacity() : std::max(needed, 2 * written);
  text.resize_and_overwrite(length, [](char*, std::size_t given) { return given; });
}

}  // namespace nexus::store
