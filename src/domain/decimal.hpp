#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <cstring>

namespace nexus::domain {

// Decimal digits, written two at a time through a pointer into room that the caller has made: answers consist
// of numbers and times for the most part. Each function returns where what it wrote ends.

inline constexpr std::size_t decimal_digits_max = 20;  // of any 64-bit number

inline constexpr auto two_digit_texts = [] {
  std::array<char, 200> texts{};
  for (std::size_t i = 0; i < 100; ++i) {
    texts[2 * i] = static_cast<char>('0' + i / 10);
    texts[2 * i + 1] = static_cast<char>('0' + i % 10);
  }
  return texts;
}();

// Of a value below 100, with its leading zero.
inline char* write_two_digits(char* out, unsigned value) {
  std::memcpy(out, two_digit_texts.data() + std::size_t{2} * value, 2);
  return out + 2;
}

// Of a value below 10,000, with its leading zeros.
inline char* write_four_digits(char* out, unsigned value) {
  return write_two_digits(write_two_digits(out, value / 100), value % 100);
}

// Without leading zeros.
inline char* write_decimal(char* out, std::uint64_t value) {
  if (value >= 10'000)
    return write_four_digits(write_decimal(out, value / 10'000), static_cast<unsigned>(value % 10'000));
  auto rest = static_cast<unsigned>(value);
  if (rest >= 100) {
    const unsigned hundreds = rest / 100;
    rest %= 100;
    if (hundreds >= 10) return write_two_digits(write_two_digits(out, hundreds), rest);
    *out++ = static_cast<char>('0' + hundreds);
    return write_two_digits(out, rest);
  }
  if (rest >= 10) return write_two_digits(out, rest);
  *out++ = static_cast<char>('0' + rest);
  return out;
}

}  // namespace nexus::domain
