#pragma once

#include <array>
#include <cstdint>
#include <memory>
#include <vector>

#include "domain/availability.hpp"
#include "domain/item.hpp"

namespace nexus::store::embedded {

// An item's place in its tenant's table; never used for another one.
using SlotId = std::uint32_t;

// One item with what the engine keeps beside it, in two lines of the processor's cache. Once an item is in
// the table, its `sku` is not written again.
struct alignas(64) Slot {
  domain::Item item;
  std::uint64_t newest_line = 0;      // sequence of its newest adjustment since the start; 0 is none
  std::uint32_t place_in_window = 0;  // where it may stand among the changed items of the open window
  domain::Status status = domain::Status::normal;  // the one that the index has it under
};
static_assert(sizeof(Slot) == 128);

// Slots by number, without a gap, that stay where they are in memory. Not synchronised.
class ItemSlab {
 public:
  std::uint32_t size() const { return size_; }
  Slot& operator[](SlotId id) { return (*chunks_[id / chunk_size])[id % chunk_size]; }
  const Slot& operator[](SlotId id) const { return (*chunks_[id / chunk_size])[id % chunk_size]; }

  // The number of an empty slot behind the others.
  SlotId add();
  // Takes all of `more` over, whose slots then have these numbers, in their order there. The last ones may
  // come to stand first, and are moved for that.
  std::vector<SlotId> take(ItemSlab more);

 private:
  static constexpr std::size_t chunk_size = 256;
  using Chunk = std::array<Slot, chunk_size>;

  std::uint32_t size_ = 0;
  std::vector<std::unique_ptr<Chunk>> chunks_;
};

}  // namespace nexus::store::embedded
