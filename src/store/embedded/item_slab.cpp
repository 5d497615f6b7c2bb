#include "store/embedded/item_slab.hpp"

#include <algorithm>
#include <iterator>
#include <numeric>
#include <utility>

namespace nexus::store::embedded {

SlotId ItemSlab::add() {
  if (size_ == chunks_.size() * chunk_size) chunks_.push_back(std::make_unique_for_overwrite<Chunk>());
  return size_++;
}

std::vector<SlotId> ItemSlab::take(ItemSlab more) {
  const auto room = static_cast<std::uint32_t>(chunks_.size() * chunk_size) - size_;
  const auto moved = std::min(room, more.size_);
  const auto kept = more.size_ - moved;
  std::vector<SlotId> numbers(more.size_);
  std::iota(numbers.begin(), numbers.begin() + kept, size_ + moved);
  std::iota(numbers.begin() + kept, numbers.end(), size_);
  for (SlotId id = kept; id < more.size_; ++id) (*this)[add()] = std::exchange(more[id], Slot{});
  more.chunks_.resize((kept + chunk_size - 1) / chunk_size);
  chunks_.insert(chunks_.end(), std::make_move_iterator(more.chunks_.begin()),
                 std::make_move_iterator(more.chunks_.end()));
  size_ += kept;
  return numbers;
}

}  // namespace nexus::store::embedded
