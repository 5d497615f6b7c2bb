#include "store/embedded/slot_set.hpp"

#include <algorithm>
#include <bit>
#include <cassert>
#include <cstring>

#include "store/embedded/prefetch.hpp"

namespace nexus::store::embedded {

namespace {

// Below so many entries a node looks for another one to join; joined they leave room to grow.
constexpr std::size_t few = 12;
constexpr std::size_t joined_max = 36;

std::size_t shared_size(std::string_view a, std::string_view b) {
  const auto end = std::min(a.size(), b.size());
  std::size_t size = 0;
  while (size < end && a[size] == b[size]) ++size;
  return size;
}

// Four bytes as a number that compares as they do; what is not there is 0.
std::int32_t head_of(std::string_view sku, std::size_t at) {
  std::uint32_t bytes = 0;
  if (at + sizeof bytes <= sku.size()) {
    std::memcpy(&bytes, sku.data() + at, sizeof bytes);
  } else if (at < sku.size()) {
    std::memcpy(&bytes, sku.data() + at, sku.size() - at);
  }
  if constexpr (std::endian::native == std::endian::little) bytes = __builtin_bswap32(bytes);
  return static_cast<std::int32_t>(bytes ^ 0x8000'0000U);
}

// By size: so many bytes that are all ones, then zeros.
constexpr auto first_bytes = [] {
  std::array<std::array<std::uint64_t, 2>, 17> masks{};
  for (std::size_t size = 0; size < masks.size(); ++size) {
    std::array<unsigned char, 16> bytes{};
    for (std::size_t i = 0; i < size; ++i) bytes[i] = 0xff;
    masks[size] = std::bit_cast<std::array<std::uint64_t, 2>>(bytes);
  }
  return masks;
}();

}  // namespace

SlotSet::SlotSet(SlotSet&& other) noexcept
    : table_(other.table_),
      root_(std::exchange(other.root_, nullptr)),
      first_(std::exchange(other.first_, nullptr)),
      last_(std::exchange(other.last_, nullptr)),
      height_(std::exchange(other.height_, 0)),
      size_(std::exchange(other.size_, 0)) {}

SlotSet& SlotSet::operator=(SlotSet&& other) noexcept {
  std::swap(table_, other.table_);
  std::swap(root_, other.root_);
  std::swap(first_, other.first_);
  std::swap(last_, other.last_);
  std::swap(height_, other.height_);
  std::swap(size_, other.size_);
  return *this;
}

SlotSet::~SlotSet() {
  if (root_ != nullptr) free(root_, true);
}

void SlotSet::free(Node* node, bool with_children) {
  if (node->is_leaf) {
    delete static_cast<Leaf*>(node);
    return;
  }
  auto* inner = static_cast<Inner*>(node);
  for (std::size_t i = 0; with_children && i < inner->size; ++i) free(inner->children[i], true);
  delete inner;
}

std::size_t SlotSet::count_before(const Node& node, const Key& key, Bound bound) const {
  const std::size_t shared = node.prefix_size;
  const auto& mask = first_bytes[shared];
  const auto differs =
      ((key.start[0] ^ node.prefix[0]) & mask[0]) | ((key.start[1] ^ node.prefix[1]) & mask[1]);
  if (differs != 0 || key.sku.size() < shared) {
    return key.sku.substr(0, shared) < node.shared() ? 0 : node.size;
  }
  const auto head = head_of(key.sku, shared);
  // Over all of them, so that it is a few instructions on many at once.
  std::int32_t less = 0;
  for (const auto other : node.heads) less += other < head ? 1 : 0;
  auto same_end = static_cast<std::size_t>(less);
  while (same_end < node.size && node.heads[same_end] == head) ++same_end;
  const auto begin = node.slots.begin() + less;
  const auto end = node.slots.begin() + same_end;
  if (begin == end) return static_cast<std::size_t>(less);
  const auto at =
      bound == Bound::lower
          ? std::lower_bound(begin, end, key,
                             [this](SlotId id, const Key& of) { return id != of.id && sku(id) < of.sku; })
          : std::upper_bound(begin, end, key,
                             [this](const Key& of, SlotId id) { return id != of.id && of.sku < sku(id); });
  return static_cast<std::size_t>(at - node.slots.begin());
}

std::size_t SlotSet::child_of(const Inner& inner, const Key& key) const {
  return std::max<std::size_t>(count_before(inner, key, Bound::upper), 1) - 1;
}

SlotSet::Leaf& SlotSet::descend(const Key& key, Path& path) {
  Node* node = root_;
  while (!node->is_leaf) {
    auto* inner = static_cast<Inner*>(node);
    const auto child = child_of(*inner, key);
    path.push_back({inner, child});
    node = inner->children[child];
  }
  return *static_cast<Leaf*>(node);
}

SlotSet::const_iterator SlotSet::upper_bound(std::string_view sku) const {
  if (root_ == nullptr) return end();
  const auto key = key_of(sku);
  const Leaf* leaf = find_leaf(key);
  const auto at = count_before(*leaf, key, Bound::upper);
  return at == leaf->size ? const_iterator{leaf->next, 0} : const_iterator{leaf, at};
}

SlotSet::Leaf* SlotSet::find_leaf(const Key& key) const {
  Node* node = root_;
  for (std::size_t level = 0; level < height_; ++level) {
    auto* inner = static_cast<Inner*>(node);
    node = inner->children[child_of(*inner, key)];
  }
  return static_cast<Leaf*>(node);
}

template <typename Quick, typename Thorough>
void SlotSet::in_blocks(std::span<const SlotId> ids, Quick&& quick, Thorough&& thorough) {
  constexpr std::size_t block_max = 16;
  std::array<Leaf*, block_max> leaves{};
  while (!ids.empty()) {
    const auto block = ids.first(std::min(block_max, ids.size()));
    ids = ids.subspan(block.size());
    for (const auto id : ids.first(std::min(block_max, ids.size()))) {
      prefetch_bytes(&(*table_)[id].item.sku, sizeof(std::string));
    }
    for (std::size_t i = 0; i < block.size(); ++i) {
      leaves[i] = find_leaf(key_of(block[i]));
      if (leaves[i] != nullptr) prefetch_bytes(leaves[i], sizeof(Leaf));
    }
    const auto shape = shape_;
    for (std::size_t i = 0; i < block.size(); ++i) {
      const bool is_good = shape_ == shape && leaves[i] != nullptr;
      if (!is_good || !quick(*leaves[i], key_of(block[i]))) thorough(block[i]);
    }
  }
}

void SlotSet::insert(std::span<const SlotId> ids) {
  in_blocks(
      ids, [this](Leaf& leaf, const Key& key) { return insert_into(leaf, key); },
      [this](SlotId id) { insert(id); });
}

void SlotSet::erase(std::span<const SlotId> ids) {
  in_blocks(
      ids, [this](Leaf& leaf, const Key& key) { return erase_from(leaf, key); },
      [this](SlotId id) { erase(id); });
}

// False when there is no room.
bool SlotSet::insert_into(Leaf& leaf, const Key& key) {
  if (leaf.size == capacity) return false;
  ++size_;
  put_entry(leaf, count_before(leaf, key, Bound::lower), *key.id, nullptr);
  return true;
}

// False when the leaf may have to be tidied after it.
bool SlotSet::erase_from(Leaf& leaf, const Key& key) {
  if (leaf.size <= few) return false;
  --size_;
  take_entry(leaf, count_before(leaf, key, Bound::lower));
  return true;
}

void SlotSet::insert(SlotId id) {
  if (root_ == nullptr) {
    root_ = first_ = last_ = new Leaf;
    ++shape_;
  }
  Path path;
  const auto key = key_of(id);
  Leaf& leaf = descend(key, path);
  if (insert_into(leaf, key)) return;
  hang_up(*split_off(leaf), leaf, path);
  insert_into(*find_leaf(key), key);
}

void SlotSet::append(SlotId id) {
  if (last_ == nullptr) return insert(id);
  ++size_;
  if (last_->size < capacity) return put_entry(*last_, last_->size, id, nullptr);
  Path path;
  for (Node* node = root_; !node->is_leaf;) {
    auto* inner = static_cast<Inner*>(node);
    path.push_back({inner, inner->size - 1U});
    node = inner->children[inner->size - 1U];
  }
  // What comes in order leaves full nodes behind.
  auto* leaf = new Leaf;
  put_entry(*leaf, 0, id, nullptr);
  Leaf& before = *last_;
  link_behind(before, *leaf);
  hang_up(*leaf, before, path);
}

void SlotSet::erase(SlotId id) {
  Path path;
  const auto key = key_of(id);
  Leaf& leaf = descend(key, path);
  const auto at = count_before(leaf, key, Bound::lower);
  assert(at < leaf.size && leaf.slots[at] == id);
  --size_;
  take_entry(leaf, at);
  tidy(leaf, path);
}

void SlotSet::put_entry(Node& node, std::size_t at, SlotId id, Node* child) {
  const auto name = sku(id);
  if (node.size == 0) {
    node.prefix_size = static_cast<std::uint8_t>(std::min(name.size(), prefix_max));
    node.prefix = start_of(name);
  } else if (const auto shared = shared_size(node.shared(), name); shared < node.prefix_size) {
    set_prefix(node, shared);
  }
  const auto end = node.size++;
  std::copy_backward(node.heads.begin() + at, node.heads.begin() + end, node.heads.begin() + end + 1);
  std::copy_backward(node.slots.begin() + at, node.slots.begin() + end, node.slots.begin() + end + 1);
  node.heads[at] = head_of(name, node.prefix_size);
  node.slots[at] = id;
  if (node.is_leaf) return;
  auto& children = static_cast<Inner&>(node).children;
  std::copy_backward(children.begin() + at, children.begin() + end, children.begin() + end + 1);
  children[at] = child;
}

void SlotSet::take_entry(Node& node, std::size_t at) {
  const auto end = node.size--;
  std::copy(node.heads.begin() + at + 1, node.heads.begin() + end, node.heads.begin() + at);
  std::copy(node.slots.begin() + at + 1, node.slots.begin() + end, node.slots.begin() + at);
  node.heads[node.size] = INT32_MAX;
  if (node.is_leaf) return;
  auto& children = static_cast<Inner&>(node).children;
  std::copy(children.begin() + at + 1, children.begin() + end, children.begin() + at);
}

void SlotSet::set_prefix(Node& node, std::size_t size) const {
  node.prefix_size = static_cast<std::uint8_t>(size);
  for (std::size_t i = 0; i < node.size; ++i) node.heads[i] = head_of(sku(node.slots[i]), size);
}

// After the entries changed by more than one.
void SlotSet::refresh(Node& node) const {
  std::fill(node.heads.begin() + node.size, node.heads.end(), INT32_MAX);
  const auto first = sku(node.slots[0]);
  const auto shared = std::min(shared_size(first, sku(node.slots[node.size - 1U])), prefix_max);
  node.prefix = start_of(first);
  set_prefix(node, shared);
}

// The right half, which hangs nowhere yet.
SlotSet::Node* SlotSet::split_off(Node& node) {
  Node* right = nullptr;
  if (node.is_leaf) {
    auto& left = static_cast<Leaf&>(node);
    auto* leaf = new Leaf;
    link_behind(left, *leaf);
    right = leaf;
  } else {
    auto* inner = new Inner;
    const auto& children = static_cast<Inner&>(node).children;
    std::copy(children.begin() + half, children.end(), inner->children.begin());
    right = inner;
  }
  std::copy(node.heads.begin() + half, node.heads.end(), right->heads.begin());
  std::copy(node.slots.begin() + half, node.slots.end(), right->slots.begin());
  std::fill(node.heads.begin() + half, node.heads.end(), INT32_MAX);
  right->prefix = node.prefix;
  right->prefix_size = node.prefix_size;
  right->size = capacity - half;
  node.size = half;
  // A longer prefix tells more apart. For leaves, of which there are many, it is worth a look at the items
  // only where the heads are not enough.
  for (Node* each : {&node, right}) {
    const auto end = each->heads.begin() + each->size;
    if (!each->is_leaf || std::adjacent_find(each->heads.begin(), end) != end) refresh(*each);
  }
  return right;
}

void SlotSet::hang_up(Node& node, Node& behind, Path& path) {
  if (path.empty()) {
    auto* root = new Inner;
    put_entry(*root, 0, behind.slots[0], &behind);
    put_entry(*root, 1, node.slots[0], &node);
    root_ = root;
    ++height_;
    return;
  }
  auto [parent, child] = path.back();
  path.pop_back();
  if (parent->size == capacity) {
    auto* right = static_cast<Inner*>(split_off(*parent));
    hang_up(*right, *parent, path);
    if (child >= half) {
      parent = right;
      child -= half;
    }
  }
  if (child == 0) {
    // What has come into the first child since may stand before its entry.
    take_entry(*parent, 0);
    put_entry(*parent, 0, behind.slots[0], &behind);
  }
  put_entry(*parent, child + 1, node.slots[0], &node);
}

void SlotSet::tidy(Node& node, Path& path) {
  if (path.empty()) {
    if (node.size == 0) {
      root_ = first_ = last_ = nullptr;
      ++shape_;
      free(&node, false);
    } else if (node.size == 1 && !node.is_leaf) {
      root_ = static_cast<Inner&>(node).children[0];
      --height_;
      free(&node, false);
    }
    return;
  }
  if (node.size >= few) return;
  const auto [parent, child] = path.back();
  path.pop_back();
  const auto fits_beside = [&](std::size_t other) {
    return other < parent->size && node.size + parent->children[other]->size <= joined_max;
  };
  if (node.size == 0) {
    take_child(*parent, child);
  } else if (child > 0 && fits_beside(child - 1)) {
    join(*parent, child - 1);
  } else if (fits_beside(child + 1)) {
    join(*parent, child);
  } else {
    return;
  }
  tidy(*parent, path);
}

void SlotSet::join(Inner& parent, std::size_t left) {
  Node& into = *parent.children[left];
  const Node& from = *parent.children[left + 1];
  std::copy_n(from.slots.begin(), from.size, into.slots.begin() + into.size);
  if (!into.is_leaf) {
    // Of a first child the parent knows the bound.
    into.slots[into.size] = parent.slots[left + 1];
    std::copy_n(static_cast<const Inner&>(from).children.begin(), from.size,
                static_cast<Inner&>(into).children.begin() + into.size);
  }
  into.size += from.size;
  refresh(into);
  take_child(parent, left + 1);
}

void SlotSet::take_child(Inner& parent, std::size_t child) {
  Node* node = parent.children[child];
  take_entry(parent, child);
  if (node->is_leaf) unlink(static_cast<Leaf&>(*node));
  free(node, false);
}

void SlotSet::link_behind(Leaf& before, Leaf& leaf) {
  ++shape_;
  leaf.previous = &before;
  leaf.next = std::exchange(before.next, &leaf);
  (leaf.next == nullptr ? last_ : leaf.next->previous) = &leaf;
}

void SlotSet::unlink(Leaf& leaf) {
  ++shape_;
  (leaf.previous == nullptr ? first_ : leaf.previous->next) = leaf.next;
  (leaf.next == nullptr ? last_ : leaf.next->previous) = leaf.previous;
}

}  // namespace nexus::store::embedded
