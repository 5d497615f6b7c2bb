#pragma once

#include <array>
#include <cstddef>
#include <functional>
#include <string>
#include <string_view>
#include <utility>

#include <boost/unordered/unordered_flat_map.hpp>

#include "store/text_hash.hpp"

namespace nexus::store::embedded {

// What is known of kept answers, by the key that the archive has them under. Many small tables in place of
// one: a table grows by copying itself, and whoever adds to one with a million entries would hold up
// everybody. Not synchronised.
template <typename Value>
class AnswerTable {
 public:
  void put(std::string key, Value value) {
    Part& part = parts_[part_of(key)];
    part.insert_or_assign(std::move(key), value);
  }

  // Null when there is none.
  const Value* find(std::string_view key) const {
    const Part& part = parts_[part_of(key)];
    const auto found = part.find(key);
    return found == part.end() ? nullptr : &found->second;
  }

  std::size_t size() const {
    std::size_t sum = 0;
    for (const Part& part : parts_) sum += part.size();
    return sum;
  }

  // In no order.
  template <typename Visit>
  void for_each(Visit&& visit) const {
    for (const Part& part : parts_) {
      for (const auto& [key, value] : part) visit(key, value);
    }
  }

 private:
  using Part = boost::unordered_flat_map<std::string, Value, TextHash, std::equal_to<>>;

  // By other bits of the hash than a part looks at.
  static std::size_t part_of(std::string_view key) { return (TextHash()(key) >> 16U) % parts_count; }

  static constexpr std::size_t parts_count = 64;
  std::array<Part, parts_count> parts_;
};

}  // namespace nexus::store::embedded
