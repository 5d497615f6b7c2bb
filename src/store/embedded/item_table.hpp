#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string_view>
#include <vector>

#include "store/embedded/item_slab.hpp"

namespace nexus::store::embedded {

// All items of a tenant by SKU, deleted ones too: a slab that never moves an item, and a hash table of slot
// numbers, from which nothing is ever taken out. Not synchronised.
class ItemTable {
 public:
  // Items with different SKUs that are not in a table yet. Whoever gathers them does what can be done before.
  class Batch {
   public:
    // An empty item.
    domain::Item& add(std::string_view sku);
    std::uint32_t size() const { return items_.size(); }

   private:
    friend class ItemTable;
    ItemSlab items_;
    std::vector<std::uint32_t> hashes_;
  };

  ItemTable() = default;
  ItemTable(const ItemTable&) = delete;
  ItemTable& operator=(const ItemTable&) = delete;

  std::uint32_t size() const { return slab_.size(); }
  Slot& operator[](SlotId id) { return slab_[id]; }
  const Slot& operator[](SlotId id) const { return slab_[id]; }

  std::optional<SlotId> find(std::string_view sku) const;
  // The SKU must not be there yet.
  SlotId add(std::string_view sku);
  // Takes them all over, likewise new, and returns their slots. To a table that is empty these are 0, 1, 2 …
  std::vector<SlotId> take(Batch batch);

  // find() of each: their many waits for memory become one. Has the processor fetch what a change of the
  // items found will look at, too.
  std::vector<std::optional<SlotId>> find_all(std::span<const std::string_view> skus) const;
  // Has all that fetched, for who looks these up soon; one alone is as soon looked up.
  void prefetch(std::span<const std::string_view> skus) const {
    if (skus.size() > 1) find_all(skus);
  }
  // The same of one whose slot is known: first the item, and when that has come, what it points to.
  void prefetch_item(SlotId id) const;
  void prefetch_contents(SlotId id) const;

 private:
  // The hash stands beside the number, so that looking past a place and growing touch no item.
  struct Place {
    SlotId slot = nothing;
    std::uint32_t hash = 0;
  };
  static constexpr SlotId nothing = 0xffff'ffff;

  static std::uint32_t hash_of(std::string_view sku);
  std::size_t first_place(std::uint32_t hash) const;
  SlotId first_with(std::uint32_t hash) const;
  void put(Place place);
  void make_room(std::size_t items);

  ItemSlab slab_;
  // Open addressing with linear probing; the size is a power of two.
  std::vector<Place> places_;
};

}  // namespace nexus::store::embedded
