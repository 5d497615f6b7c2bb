#include "domain/ids.hpp"

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

}  // namespace

Ulid Ulid::of(Time at, std::uint64_t sequence) {
  const auto ms = static_cast<std::uint64_t>(at.ms) & 0xffff'ffff'ffffull;
  return Ulid{.high = ms << 16, .low = sequence};
}

void Ulid::write(char* out) const {
  // 8, 9 and 9 digits, in three words that do not wait for each other.
  constexpr std::uint64_t mask = (1ULL << 45U) - 1;
  const std::uint64_t last = low & mask;
  const std::uint64_t middle = ((low >> 45U) | (high << 19U)) & mask;
  const std::uint64_t first = high >> 26U;
  for (unsigned i = 0; i < 8; ++i) out[i] = alphabet[(first >> (5 * (7 - i))) & 31];
  for (unsigned i = 0; i < 9; ++i) {
    out[8 + i] = alphabet[(middle >> (5 * (8 - i))) & 31];
    out[17 + i] = alphabet[(last >> (5 * (8 - i))) & 31];
  }
}

std::optional<Ulid> Ulid::parse(std::string_view text) {
  // 26 digits of 5 bits hold 130 bits: a first digit above 7 would not fit.
  if (text.size() != text_size || text[0] > '7') return std::nullopt;
  // As write() does: 8, 9 and 9 digits, in three words that do not wait for each other.
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
