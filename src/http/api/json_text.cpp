#include "http/api/json_text.hpp"

#include <algorithm>

namespace nexus::http {

namespace {

// The longest that one byte becomes: \u001f.
constexpr std::size_t escape_bytes_max = 6;

bool is_escaped(unsigned char c) {
  return c < 0x20 || c == '"' || c == '\\';
}

// True when one of the eight bytes is a quote, a backslash or a control character. Source of the zero-byte
// test: https://graphics.stanford.edu/~seander/bithacks.html#ZeroInWord
bool has_escaped(std::uint64_t bytes) {
  constexpr std::uint64_t ones = 0x0101010101010101U;
  constexpr std::uint64_t highs = 0x8080808080808080U;
  const auto zeros = [](std::uint64_t word) { return (word - ones) & ~word; };
  const std::uint64_t below_space = (bytes - ones * 0x20) & ~bytes;
  return ((zeros(bytes ^ (ones * '"')) | zeros(bytes ^ (ones * '\\')) | below_space) & highs) != 0;
}

bool has_nothing_to_escape(std::string_view text) {
  constexpr std::size_t word = sizeof(std::uint64_t);
  const auto is_plain = [&](std::size_t at) {
    std::uint64_t bytes = 0;
    std::memcpy(&bytes, text.data() + at, word);
    return !has_escaped(bytes);
  };
  if (text.size() < word) {
    return std::ranges::none_of(text, [](char c) { return is_escaped(static_cast<unsigned char>(c)); });
  }
  // The last word may begin inside of the one before it.
  for (std::size_t at = 0; at + word < text.size(); at += word) {
    if (!is_plain(at)) return false;
  }
  return is_plain(text.size() - word);
}

char* write_escape(char* at, unsigned char c) {
  constexpr std::string_view hex = "0123456789abcdef";
  *at++ = '\\';
  switch (c) {
    case '"':
    case '\\':
      *at++ = static_cast<char>(c);
      return at;
    case '\n':
      *at++ = 'n';
      return at;
    case '\r':
      *at++ = 'r';
      return at;
    case '\t':
      *at++ = 't';
      return at;
    default:
      *at++ = 'u';
      *at++ = '0';
      *at++ = '0';
      *at++ = hex[c >> 4U];
      *at++ = hex[c & 15U];
      return at;
  }
}

}  // namespace

JsonText& JsonText::string(std::string_view text) {
  char* const begin = room(escape_bytes_max * text.size() + 2);
  char* at = begin;
  *at++ = '"';
  if (has_nothing_to_escape(text)) [[likely]] {
    at = std::ranges::copy(text, at).out;
  } else {
    for (const char c : text) {
      const auto byte = static_cast<unsigned char>(c);
      if (is_escaped(byte)) {
        at = write_escape(at, byte);
      } else {
        *at++ = c;
      }
    }
  }
  *at++ = '"';
  size_ += static_cast<std::size_t>(at - begin);
  return *this;
}

void JsonText::make_room(std::size_t bytes) {
  // Not filled: what is written over next need not be zeros first.
  out_.resize_and_overwrite(std::max(size_ + bytes, 2 * size_), [](char*, std::size_t size) { return size; });
}

}  // namespace nexus::http
