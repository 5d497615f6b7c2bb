#pragma once

#include <concepts>
#include <cstddef>
#include <initializer_list>
#include <string>
#include <string_view>

namespace nexus::http {

inline void append_pieces(std::string& out, std::initializer_list<std::string_view> pieces) {
  const std::size_t before = out.size();
  std::size_t size = before;
  for (const auto piece : pieces) size += piece.size();
  out.resize_and_overwrite(size, [&](char* text, std::size_t) {
    char* at = text + before;
    for (const auto piece : pieces) {
      std::char_traits<char>::copy(at, piece.data(), piece.size());
      at += piece.size();
    }
    return size;
  });
}

// Appends all pieces in one go: the head of an answer is dozens of them, and making room for each would cost
// more than copying it. The sizes of literals are known here.
template <std::convertible_to<std::string_view>... Pieces>
void append(std::string& out, const Pieces&... pieces) {
  append_pieces(out, {std::string_view(pieces)...});
}

}  // namespace nexus::http
