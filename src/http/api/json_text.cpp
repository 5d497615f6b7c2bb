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
  const char* from = text.data();
  const char* const end = from + text.size();
  while (from != end) {
    for (std::uint64_t bytes = 0; end - from >= 8; from += 8, at += 8) {
      std::memcpy(&bytes, from, 8);
      if (has_escaped(bytes)) break;
      std::memcpy(at, from, 8);
    }
    for (const char* const stop = from + std::min<std::ptrdiff_t>(8, end - from); from != stop; ++from) {
      const auto c = static_cast<unsigned char>(*from);
      if (is_escaped(c)) {
        at = write_escape(at, c);
      } else {
        *at++ = *from;
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
