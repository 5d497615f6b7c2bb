// What is UTF-8 and what is not.

#include "unicode/utf8.hpp"

#include <cstdint>
#include <string>

#include <gtest/gtest.h>

namespace nexus::unicode {

namespace {

// The bytes of any number in the way that UTF-8 would write it in so many bytes, well-formed or not.
std::string encoded(std::uint32_t code_point, int bytes) {
  if (bytes == 1) return {static_cast<char>(code_point)};
  std::string out;
  for (int i = 1; i < bytes; ++i, code_point >>= 6) {
    out.insert(out.begin(), static_cast<char>(0x80 | (code_point & 0x3F)));
  }
  const auto mark = bytes == 2 ? 0xC0U : bytes == 3 ? 0xE0U : 0xF0U;
  out.insert(out.begin(), static_cast<char>(mark | code_point));
  return out;
}

int shortest(std::uint32_t code_point) {
  return code_point < 0x80 ? 1 : code_point < 0x800 ? 2 : code_point < 0x10000 ? 3 : 4;
}

TEST(Utf8Test, every_code_point_is_well_formed_in_its_shortest_form_only) {
  for (std::uint32_t code_point = 0; code_point < 0x200000; ++code_point) {
    const bool is_scalar = code_point < 0xD800 || (code_point > 0xDFFF && code_point < 0x110000);
    for (int bytes = shortest(code_point); bytes <= 4; ++bytes) {
      const bool expected = is_scalar && bytes == shortest(code_point);
      ASSERT_EQ(is_utf8(encoded(code_point, bytes)), expected) << code_point << " in " << bytes << " bytes";
    }
  }
}

TEST(Utf8Test, a_cut_or_stray_sequence_is_refused_wherever_it_stands) {
  for (const std::uint32_t code_point : {0xE4U, 0x20ACU, 0x1F4E6U}) {
    const auto whole = encoded(code_point, shortest(code_point));
    EXPECT_TRUE(is_utf8("a" + whole + "b"));
    EXPECT_FALSE(is_utf8(whole.substr(1)));
    for (std::size_t cut = 1; cut < whole.size(); ++cut) {
      EXPECT_FALSE(is_utf8(whole.substr(0, cut)));
      EXPECT_FALSE(is_utf8(whole.substr(0, cut) + "abc"));
    }
  }
  for (const char lead : {'\xC0', '\xC1', '\xF5', '\xF8', '\xFE', '\xFF', '\x80', '\xBF'}) {
    EXPECT_FALSE(is_utf8(lead + std::string("\x80\x80\x80")));
  }
  EXPECT_TRUE(is_utf8(""));
}

}  // namespace

}  // namespace nexus::unicode
