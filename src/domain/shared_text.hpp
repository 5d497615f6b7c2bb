#pragma once

#include <concepts>
#include <cstdint>
#include <string_view>

#include <boost/smart_ptr/intrusive_ptr.hpp>
#include <boost/smart_ptr/intrusive_ref_counter.hpp>

namespace nexus::domain {

class SharedText;

// What a text may be made from.
template <typename Text>
concept PlainText = !std::same_as<Text, SharedText> && std::convertible_to<Text, std::string_view>;

// A text that never changes and that all its copies share: to copy it is to count. Copies may be made, read
// and dropped on any thread, each one object on one thread at a time. A pointer in size, with nothing in
// memory for the empty text.
class SharedText {
 public:
  SharedText() = default;
  template <PlainText Text>
  SharedText(const Text& text) : block_(make_block(text)) {}

  // Good as long as one of the copies is there.
  std::string_view view() const;
  operator std::string_view() const { return view(); }

  // What a copy touches, for who has memory fetched ahead of that; null for the empty text.
  const void* address() const { return block_.get(); }

  friend bool operator==(const SharedText& a, const SharedText& b) {
    return a.block_ == b.block_ || a.view() == b.view();
  }
  template <PlainText Text>
  friend bool operator==(const SharedText& a, const Text& b) {
    return a.view() == std::string_view(b);
  }

 private:
  // The text stands behind it. Counts its copies, and is deleted with the last one.
  struct Block : boost::intrusive_ref_counter<Block, boost::thread_safe_counter> {
    std::uint32_t size = 0;

    char* text() { return reinterpret_cast<char*>(this + 1); }
    static void operator delete(void* block) { ::operator delete(block); }
  };
  static Block* make_block(std::string_view text);

  boost::intrusive_ptr<Block> block_;  // null for the empty text
};

inline std::string_view SharedText::view() const {
  return block_ ? std::string_view(block_->text(), block_->size) : std::string_view();
}

}  // namespace nexus::domain
