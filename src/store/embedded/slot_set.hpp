#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string_view>
#include <utility>
#include <vector>

#include "store/embedded/item_table.hpp"
#include "store/embedded/sku_start.hpp"

namespace nexus::store::embedded {

// Some of a table's items in the order of their SKUs' bytes: a B+ tree of slot numbers. A node has, beside
// each number, the four bytes that follow what all SKUs in the node begin with. A search compares those and
// looks at an item only where they are the same, so that it waits for a handful of nodes and hardly ever for
// an item. Not synchronised.
class SlotSet {
 public:
  // The table must outlive it.
  explicit SlotSet(const ItemTable& table) : table_(&table) {}
  SlotSet(SlotSet&& other) noexcept;
  SlotSet& operator=(SlotSet&& other) noexcept;
  ~SlotSet();

  std::size_t size() const { return size_; }
  bool empty() const { return size_ == 0; }

  // It must not be in there yet.
  void insert(SlotId id);
  // As insert(), for one whose SKU comes behind all others: without a search.
  void append(SlotId id);
  // It must be in there.
  void erase(SlotId id);
  // The same for many: where they belong is looked for side by side.
  void insert(std::span<const SlotId> ids);
  void erase(std::span<const SlotId> ids);

 private:
  static constexpr std::size_t capacity = 48;
  static constexpr std::size_t half = capacity / 2;
  static constexpr std::size_t prefix_max = 16;
  static_assert(sizeof(SkuStart) == prefix_max);

  // Entries in order. Behind them stand heads that are never less than another one.
  struct Node {
    std::uint16_t size = 0;
    bool is_leaf;
    std::uint8_t prefix_size = 0;
    SkuStart prefix{};  // how all the entries' SKUs begin: so many bytes of the first one's start
    std::array<std::int32_t, capacity> heads;
    std::array<SlotId, capacity> slots;

    explicit Node(bool leaf) : is_leaf(leaf) { heads.fill(INT32_MAX); }
    std::string_view shared() const { return {reinterpret_cast<const char*>(prefix.data()), prefix_size}; }
  };
  struct Leaf : Node {
    Leaf* previous = nullptr;
    Leaf* next = nullptr;
    Leaf() : Node(true) {}
  };
  // A child's entry is a lower bound of what is in it; that of the first one does not count.
  struct Inner : Node {
    std::array<Node*, capacity> children;
    Inner() : Node(false) {}
  };
  // Where a node hangs, from the root down.
  struct Step {
    Inner* inner;
    std::size_t child;
  };
  using Path = std::vector<Step>;
  struct Key {
    std::string_view sku;
    SkuStart start;
    std::optional<SlotId> id;  // when the SKU is that of an item in the table
  };

 public:
  // Good until the set changes.
  class const_iterator {
   public:
    SlotId operator*() const { return leaf_->slots[at_]; }
    const_iterator& operator++() {
      if (++at_ == leaf_->size) *this = {leaf_->next, 0};
      return *this;
    }
    bool operator==(const const_iterator&) const = default;

   private:
    friend class SlotSet;
    const_iterator(const Leaf* leaf, std::size_t at) : leaf_(leaf), at_(at) {}
    const Leaf* leaf_;
    std::size_t at_;
  };

  const_iterator begin() const { return {first_, 0}; }
  const_iterator end() const { return {nullptr, 0}; }
  // The first one whose SKU comes behind `sku`.
  const_iterator upper_bound(std::string_view sku) const;

 private:
  enum class Bound : std::uint8_t { lower, upper };

  std::string_view sku(SlotId id) const { return (*table_)[id].item.sku; }
  // How many entries come before the key, or with it.
  std::size_t count_before(const Node& node, const Key& key, Bound bound) const;
  std::size_t child_of(const Inner& inner, const Key& key) const;
  static Key key_of(std::string_view sku) { return {.sku = sku, .start = start_of(sku), .id = std::nullopt}; }
  Key key_of(SlotId id) const { return {.sku = sku(id), .start = start_of(sku(id)), .id = id}; }
  // Where the key belongs, without a look at the leaf itself, which may be far away; null when empty.
  Leaf* find_leaf(const Key& key) const;
  bool insert_into(Leaf& leaf, const Key& key);
  bool erase_from(Leaf& leaf, const Key& key);
  // Calls `quick(leaf, key)` for each, and `thorough(id)` where that leaf is none any more or quick() gives
  // up.
  template <typename Quick, typename Thorough>
  void in_blocks(std::span<const SlotId> ids, Quick&& quick, Thorough&& thorough);
  Leaf& descend(const Key& key, Path& path);
  void put_entry(Node& node, std::size_t at, SlotId id, Node* child);
  static void take_entry(Node& node, std::size_t at);
  Node* split_off(Node& node);
  // Puts a new node into the tree, right behind the one to which the path leads.
  void hang_up(Node& node, Node& behind, Path& path);
  // After an entry went: joins the node with one beside it when few are left, or takes it away.
  void tidy(Node& node, Path& path);
  void join(Inner& parent, std::size_t left);
  void take_child(Inner& parent, std::size_t child);
  void refresh(Node& node) const;
  void set_prefix(Node& node, std::size_t size) const;
  void link_behind(Leaf& before, Leaf& leaf);
  void unlink(Leaf& leaf);
  static void free(Node* node, bool with_children);

  const ItemTable* table_;
  Node* root_ = nullptr;  // null when empty
  Leaf* first_ = nullptr;
  Leaf* last_ = nullptr;
  std::size_t height_ = 0;   // of the tree above the leaves
  std::uint64_t shape_ = 0;  // another one whenever a leaf comes or goes
  std::size_t size_ = 0;
};

}  // namespace nexus::store::embedded
