#pragma once

#include <algorithm>
#include <concepts>
#include <cstddef>
#include <string>
#include <string_view>

namespace nexus::http {

// Of a literal the size is known when the program is built.
template <std::size_t N>
constexpr std::string_view piece_of(const char (&literal)[N]) {
  return {literal, N - 1};
}
constexpr std::string_view piece_of(std::string_view text) {
  return text;
}

// Appends all pieces in one go: the head of an answer is dozens of them, and making room for each would cost
// more than copying it.
template <std::convertible_to<std::string_view>... Pieces>
void append(std::string& out, const Pieces&... pieces) {
  const auto append_views = [&out](auto... views) {
    const std::size_t before = out.size();
    const std::size_t size = (before + ... + views.size());
    out.resize_and_overwrite(size, [&](char* text, std::size_t) {
      char* at = text + before;
      ((at = std::copy_n(views.data(), views.size(), at)), ...);
      return size;
    });
  };
  append_views(piece_of(pieces)...);
}

}  // namespace nexus::http
