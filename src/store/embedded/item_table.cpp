#include "store/embedded/item_table.hpp"

#include <functional>

#include "store/embedded/prefetch.hpp"

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

void ItemTable::prefetch(std::span<const std::string_view> skus) const {
  std::vector<SlotId> slots;
  slots.reserve(skus.size());
  for (const auto sku : skus) {
    const auto found = by_sku_.find(OnlyHash{hash_of(sku)});
    if (found == by_sku_.end()) continue;
    slots.push_back(found->slot);
    prefetch_item(found->slot);
  }
  for (const auto slot : slots) prefetch_contents(slot);
}

void ItemTable::prefetch_item(SlotId id) const {
  const Slot& slot = (*this)[id];
  prefetch_bytes(&slot, sizeof slot);
}

void ItemTable::prefetch_contents(SlotId id) const {
  const auto& item = (*this)[id].item;
  prefetch_bytes(item.title.data(), item.title.size());
  prefetch_bytes(item.levels.data(), item.levels.size() * sizeof(domain::Level));
}

SlotId ItemTable::add(std::string_view sku) {
  if (size_ == chunks_.size() * chunk_size) chunks_.push_back(std::make_unique<Chunk>());
  const SlotId id = size_++;
  (*this)[id].item.sku = sku;
  by_sku_.insert(Entry{.slot = id, .hash = hash_of(sku)});
  return id;
}

}  // namespace nexus::store::embedded
