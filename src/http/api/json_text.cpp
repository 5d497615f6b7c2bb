#include "http/api/json_text.hpp"

#include <array>
#include <bit>

#include "store/string_room.hpp"

namespace nexus::http {

namespace {

bool is_escaped(unsigned char c) {
  return c < 0x20 || c == '"' || c == '\\';
}

// Bytes that are copied and looked at together.
constexpr std::size_t block_size = 16;
constexpr std::size_t half_block_size = block_size / 2;
using Block = unsigned char __attribute__((vector_size(block_size)));
// Put together in a register: a load of what two stores have just written waits until both are done.
using Halves = std::uint64_t __attribute__((vector_size(block_size)));

bool has_escaped(Block block) {
  const auto found = (block < 0x20) | (block == '"') | (block == '\\');
  const auto words = std::bit_cast<std::array<std::uint64_t, 2>>(found);
  return (words[0] | words[1]) != 0;
}

// False when something in the block must be escaped.
bool copy_block(char* at, const char* from) {
  Block block;
  std::memcpy(&block, from, block_size);
  std::memcpy(at, &block, block_size);
  return !has_escaped(block);
}

// Of 8 to 16 bytes: two halves that may overlap.
bool copy_halves(char* at, std::string_view text) {
  const std::size_t second = text.size() - half_block_size;
  std::uint64_t head = 0;
  std::uint64_t tail = 0;
  std::memcpy(&head, text.data(), half_block_size);
  std::memcpy(&tail, text.data() + second, half_block_size);
  std::memcpy(at, &head, half_block_size);
  std::memcpy(at + second, &tail, half_block_size);
  return !has_escaped(std::bit_cast<Block>(Halves{head, tail}));
}

// Copies a text in which nothing must be escaped; false when there is something after all.
bool copy_plain(char* at, std::string_view text) {
  if (text.size() < half_block_size) {
    for (const char c : text) *at++ = c;
    return std::ranges::none_of(text, [](char c) { return is_escaped(static_cast<unsigned char>(c)); });
  }
  if (text.size() <= block_size) return copy_halves(at, text);
  // The last block may begin inside of the one before it.
  const std::size_t last = text.size() - block_size;
  for (std::size_t done = 0; done < last; done += block_size) {
    if (!copy_block(at + done, text.data() + done)) return false;
  }
  return copy_block(at + last, text.data() + last);
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

char* copy_escaped(char* at, std::string_view text) {
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    if (is_escaped(byte)) {
      at = write_escape(at, byte);
    } else {
      *at++ = c;
    }
  }
  return at;
}

}  // namespace

char* JsonPieces::write_string(char* at, std::string_view text) {
  *at++ = '"';
  if (copy_plain(at, text)) [[likely]] {
    at += text.size();
  } else {
    at = copy_escaped(at, text);
  }
  *at++ = '"';
  return at;
}

void JsonText::make_room(std::size_t bytes) {
  const std::size_t written = size();
  store::make_room_in(out_, written, bytes);
  at_ = out_.data() + written;
  end_ = out_.data() + out_.size();
}

}  // namespace nexus::http
