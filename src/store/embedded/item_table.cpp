#include "store/embedded/item_table.hpp"

#include <functional>

namespace nexus::store::embedded {

std::uint32_t ItemTable::hash_of(std::string_view sku) {
  const auto hash = std::hash<std::string_view>()(sku);
  return static_cast<std::uint32_t>(hash ^ (hash >> 32));
}

std::optional<SlotId> ItemTable::find(std::string_view sku) const {
  const auto found = by_sku_.find(Name{sku, hash_of(sku)});
  if (found == by_sku_.end()) return std::nullopt;
  return found->slot;
}

SlotId ItemTable::add(std::string_view sku) {
  if (size_ == chunks_.size() * chunk_size) chunks_.push_back(std::make_unique<Chunk>());
  const SlotId id = size_++;
  (*this)[id].item.sku = sku;
  by_sku_.insert(Entry{.slot = id, .hash = hash_of(sku)});
  return id;
}

}  // namespace nexus::store::embedded
