#include "domain/ids.hpp"

namespace nexus::domain {

namespace {

constexpr std::string_view alphabet = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";
constexpr std::uint8_t not_a_digit = 0xff;

constexpr std::array<std::uint8_t, 256> make_digits() {
  std::array<std::uint8_t, 256> digits{};
  digits.fill(not_a_digit);
  for (std::size_t i = 0; i < alphabet.size(); ++i) {
    digits[static_cast<unsigned char>(alphabet[i])] = static_cast<std::uint8_t>(i);
  }
  return digits;
}

constexpr auto digits = make_digits();

__extension__ using Wide = unsigned __int128;

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
  Wide value = 0;
  for (const char c : text) {
    const auto digit = digits[static_cast<unsigned char>(c)];
    if (digit == not_a_digit) return std::nullopt;
    value = (value << 5) | digit;
  }
  return Ulid{.high = static_cast<std::uint64_t>(value >> 64), .low = static_cast<std::uint64_t>(value)};
}

}  // namespace nexus::domain
