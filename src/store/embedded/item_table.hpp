#pragma once

#include <array>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include <boost/unordered/unordered_flat_set.hpp>

#include "domain/availability.hpp"
#include "domain/item.hpp"

namespace nexus::store::embedded {

// An item's place in its tenant's table; never used for another one.
using SlotId = std::uint32_t;

// One item with what the engine keeps beside it. Once an item is in the table, its `sku` is not written
// again.
struct Slot {
  domain::Item item;
  std::uint64_t newest_line = 0;      // sequence of its newest adjustment since the start; 0 is none
  std::uint32_t place_in_window = 0;  // where it may stand among the changed items of the open window
  domain::Status status = domain::Status::normal;  // the one that the index has it under
};

// All items of a tenant by SKU, deleted ones too: a slab that never moves an item, and a hash table of slot
// numbers. Not synchronised.
class ItemTable {
 public:
  ItemTable() = default;
  ItemTable(const ItemTable&) = delete;
  ItemTable& operator=(const ItemTable&) = delete;

  std::uint32_t size() const { return size_; }
  Slot& operator[](SlotId id) { return (*chunks_[id / chunk_size])[id % chunk_size]; }
  const Slot& operator[](SlotId id) const { return (*chunks_[id / chunk_size])[id % chunk_size]; }

  std::optional<SlotId> find(std::string_view sku) const;
  // Brings what find() and a change of these items will touch into the processor's cache, all of it side by
  // side: among a million items every look-up on its own would wait for memory again and again.
  void prefetch(std::span<const std::string_view> skus) const;
  // The same of one whose place is known: first the item, and when that has come, what it points to.
  void prefetch_item(SlotId id) const;
  void prefetch_contents(SlotId id) const;
  // The SKU must not be there yet.
  SlotId add(std::string_view sku);

 private:
  static constexpr std::size_t chunk_size = 256;
  using Chunk = std::array<Slot, chunk_size>;

  // The hash stands beside the number, so that growing the table touches no item.
  struct Entry {
    SlotId slot;
    std::uint32_t hash;
  };
  struct Name {
    std::string_view sku;
    std::uint32_t hash;
  };
  // Finds what has the hash, without a look at the item: good enough for a guess.
  struct OnlyHash {
    std::uint32_t hash;
  };
  struct HashOf {
    using is_transparent = void;
    std::size_t operator()(const OnlyHash& only) const { return spread(only.hash); }
    std::size_t operator()(const Entry& entry) const { return spread(entry.hash); }
    std::size_t operator()(const Name& name) const { return spread(name.hash); }
    static std::size_t spread(std::uint32_t hash) { return hash * 0x9E3779B97F4A7C15ULL; }
  };
  struct SameName {
    using is_transparent = void;
    const ItemTable* table;
    bool operator()(const Entry& a, const Entry& b) const { return a.slot == b.slot; }
    bool operator()(const OnlyHash& only, const Entry& entry) const { return only.hash == entry.hash; }
    bool operator()(const Entry& entry, const OnlyHash& only) const { return (*this)(only, entry); }
    bool operator()(const Name& name, const Entry& entry) const {
      return name.hash == entry.hash && (*table)[entry.slot].item.sku == name.sku;
    }
    bool operator()(const Entry& entry, const Name& name) const { return (*this)(name, entry); }
  };

  static std::uint32_t hash_of(std::string_view sku);

  std::uint32_t size_ = 0;
  std::vector<std::unique_ptr<Chunk>> chunks_;
  boost::unordered_flat_set<Entry, HashOf, SameName> by_sku_{0, HashOf{}, SameName{this}};
};

}  // namespace nexus::store::embedded
