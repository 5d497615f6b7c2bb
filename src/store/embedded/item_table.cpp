#include "store/embedded/item_table.hpp"

#include <algorithm>
#include <bit>
#include <cstddef>
#include <utility>

#include "store/embedded/prefetch.hpp"
#include "store/text_hash.hpp"

namespace nexus::store::embedded {

namespace {

constexpr std::size_t places_min = 16;
// Far enough for what is fetched to arrive, near enough to stay in the first cache.
constexpr std::size_t places_ahead = 16;

}  // namespace

std::uint32_t ItemTable::hash_of(std::string_view sku) {
  return static_cast<std::uint32_t>(TextHash()(sku));
}

std::size_t ItemTable::first_place(std::uint32_t hash) const {
  return hash & (places_.size() - 1);
}

// Of the items with that hash, most often the only one.
SlotId ItemTable::first_with(std::uint32_t hash) const {
  const auto mask = places_.size() - 1;
  auto at = first_place(hash);
  while (places_[at].slot != nothing && places_[at].hash != hash) at = (at + 1) & mask;
  return places_[at].slot;
}

std::optional<SlotId> ItemTable::find(std::string_view sku) const {
  if (places_.empty()) return std::nullopt;
  const auto hash = hash_of(sku);
  const auto mask = places_.size() - 1;
  for (auto at = first_place(hash);; at = (at + 1) & mask) {
    const Place& place = places_[at];
    if (place.slot == nothing) return std::nullopt;
    if (place.hash == hash && slab_[place.slot].item.sku == sku) return place.slot;
  }
}

void ItemTable::put(Place place) {
  const auto mask = places_.size() - 1;
  auto at = first_place(place.hash);
  while (places_[at].slot != nothing) at = (at + 1) & mask;
  places_[at] = place;
}

// Up to three quarters are used.
void ItemTable::make_room(std::size_t items) {
  const auto needed = std::bit_ceil(std::max(places_min, items + items / 3 + 1));
  if (needed <= places_.size()) return;
  const auto before = std::exchange(places_, std::vector<Place>(needed));
  for (const Place& place : before) {
    if (place.slot != nothing) put(place);
  }
}

SlotId ItemTable::add(std::string_view sku) {
  const SlotId id = slab_.add();
  make_room(slab_.size());
  slab_[id].item.sku = sku;
  put({.slot = id, .hash = hash_of(sku)});
  return id;
}

domain::Item& ItemTable::Batch::add(std::string_view sku) {
  hashes_.push_back(hash_of(sku));
  auto& item = items_[items_.add()].item;
  item.sku = sku;
  return item;
}

std::vector<SlotId> ItemTable::take(Batch batch) {
  const auto& hashes = batch.hashes_;
  auto slots = slab_.take(std::move(batch.items_));
  make_room(slab_.size());
  for (std::size_t i = 0; i < slots.size(); ++i) {
    const auto ahead = std::min(i + places_ahead, slots.size() - 1);
    prefetch_bytes(&places_[first_place(hashes[ahead])], sizeof(Place));
    put({.slot = slots[i], .hash = hashes[i]});
  }
  return slots;
}

std::vector<std::optional<SlotId>> ItemTable::find_all(std::span<const std::string_view> skus) const {
  std::vector<std::optional<SlotId>> slots(skus.size());
  if (places_.empty()) return slots;
  std::vector<std::uint32_t> hashes;
  hashes.reserve(skus.size());
  for (const auto sku : skus) {
    hashes.push_back(hash_of(sku));
    prefetch_bytes(&places_[first_place(hashes.back())], sizeof(Place));
  }
  for (std::size_t i = 0; i < skus.size(); ++i) {
    const auto likely = first_with(hashes[i]);
    if (likely == nothing) continue;
    slots[i] = likely;
    prefetch_item(likely);
  }
  for (std::size_t i = 0; i < skus.size(); ++i) {
    if (slots[i] && slab_[*slots[i]].item.sku != skus[i]) slots[i] = find(skus[i]);
    if (slots[i]) prefetch_contents(*slots[i]);
  }
  return slots;
}

void ItemTable::prefetch_item(SlotId id) const {
  const Slot& slot = (*this)[id];
  prefetch_bytes(&slot, sizeof slot);
}

void ItemTable::prefetch_contents(SlotId id) const {
  const auto& item = (*this)[id].item;
  if (const auto* title = item.title.address()) prefetch_bytes(title, 1);
  prefetch_bytes(item.levels.data(), item.levels.size() * sizeof(domain::Level));
}

}  // namespace nexus::store::embedded
