#pragma once

#include <algorithm>
#include <concepts>
#include <cstddef>
#include <string>
#include <string_view>

namespace nexus::http {

// Appends all pieces in one go: the head of an answer is dozens of them, and making room for each would cost
// more than copying it.
template <std::convertible_to<std::string_view>... Pieces>
void append(std::string& out, const Pieces&... pieces) {
  const std::size_t before = out.size();
  const std::size_t size = (before + ... + std::string_view(pieces).size());
  out.resize_and_overwrite(size, [&](char* text, std::size_t) {
    char* at = text + before;
    const auto copy = [&](std::string_view piece) { at = std::copy(piece.begin(), piece.end(), at); };
    (copy(pieces), ...);
    return size;
  });
}

}  // namespace nexus::http
