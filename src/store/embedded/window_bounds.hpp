#pragma once

#include <algorithm>
#include <cstdint>

namespace nexus::store::embedded {

// When a window of the log has enough in it to be moved into records and ledger.
struct WindowBounds {
  std::uint64_t events;
  std::uint64_t bytes;
};

// Those of a store with so many items, where `least` are a small one's. A checkpoint writes a record and a
// chunk of lines for each item that its window met: the more often a window meets an item, the less there is
// to write for an event. So it is to have ten events for an item, as far as memory and the replay after a
// crash allow: up to four times the least.
inline WindowBounds bounds_for(WindowBounds least, std::uint64_t items) {
  constexpr std::uint64_t events_an_item = 10;
  constexpr std::uint64_t growth_max = 4;
  const auto growth = std::clamp<std::uint64_t>(items * events_an_item / least.events, 1, growth_max);
  return {.events = least.events * growth, .bytes = least.bytes * growth};
}

// Whether a checkpoint whose window met so many of all items writes all of them, and so replaces what there
// is, rather than add a run that has to be merged with it: where it met most, that costs little more than the
// run. Of a small store the runs cost next to nothing.
inline bool is_worth_all_items(WindowBounds least, std::uint64_t met, std::uint64_t items) {
  constexpr std::uint64_t small_part = 5;
  return items >= least.events / small_part && met >= items / 2;
}

// What may wait in all windows together before writes do: four of the least, or two large ones.
inline WindowBounds pending_max(WindowBounds least, std::uint64_t items) {
  const auto bounds = bounds_for(least, items);
  return {.events = std::max(4 * least.events, 2 * bounds.events),
          .bytes = std::max(4 * least.bytes, 2 * bounds.bytes)};
}

}  // namespace nexus::store::embedded
