#include "domain/ids.hpp"

#include <cstring>

namespace nexus::domain {

namespace {

constexpr std::string_view alphabet = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";
constexpr std::uint8_t not_a_digit = 0xff;
constexpr std::uint8_t not_a_digit_bit = 0x80;  // no digit has it

constexpr std::array<std::uint8_t, 256> make_digits() {
  std::array<std::uint8_t, 256> digits{};
  digits.fill(not_a_digit);
  for (std::size_t i = 0; i < alphabet.size(); ++i) {
    digits[static_cast<unsigned char>(alphabet[i])] = static_cast<std::uint8_t>(i);
  }
  return digits;
}

constexpr auto digits = make_digits();

// Two digits each: half as many steps as one by one.
constexpr unsigned pair_bits = 10;
using Pairs = std::array<std::array<char, 2>, 1U << pair_bits>;

constexpr Pairs pairs = [] {
  Pairs all{};
  for (std::size_t i = 0; i < all.size(); ++i) all[i] = {alphabet[i >> 5U], alphabet[i & 31U]};
  return all;
}();

template <std::size_t count>
void write_pairs(char* out, std::uint64_t bits) {
  for (std::size_t i = 0; i < count; ++i) {
    const auto& pair = pairs[(bits >> (pair_bits * (count - 1 - i))) % pairs.size()];
    std::memcpy(out + 2 * i, pair.data(), pair.size());
  }
}

}  // namespace

Ulid Ulid::of(Time at, std::uint64_t sequence) {
  const auto ms = static_cast<std::uint64_t>(at.ms) & 0xffff'ffff'ffffull;
  return Ulid{.high = ms << 16, .low = sequence};
}

void Ulid::write(char* out) const {
  // 8, 10 and 8 digits, in three words that do not wait for each other.
  write_pairs<4>(out, high >> 26U);
  write_pairs<5>(out + 8, (low >> 40U) | (high << 24U));
  write_pairs<4>(out + 18, low);
}

std::optional<Ulid> Ulid::parse(std::string_view text) {
  // 26 digits of 5 bits hold 130 bits: a first digit above 7 would not fit.
  if (text.size() != text_size || text[0] > '7') return std::nullopt;
  // 8, 9 and 9 digits, in three words that do not wait for each other.
  std::uint64_t first = 0;
  std::uint64_t middle = 0;
  std::uint64_t last = 0;
  std::uint8_t worst = 0;
  const auto take = [&](std::uint64_t& word, std::size_t at) {
    const auto digit = digits[static_cast<unsigned char>(text[at])];
    worst |= digit;
    word = (word << 5U) | digit;
  };
  for (std::size_t i = 0; i < 8; ++i) take(first, i);
  for (std::size_t i = 0; i < 9; ++i) {
    take(middle, 8 + i);
    take(last, 17 + i);
  }
  if ((worst & not_a_digit_bit) != 0) return std::nullopt;
  return Ulid{.high = (first << 26U) | (middle >> 19U), .low = (middle << 45U) | last};
}

}  // namespace nexus::domain
