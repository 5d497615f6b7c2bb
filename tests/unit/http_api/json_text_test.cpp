#include "http/api/json_text.hpp"

#include <cstdint>
#include <limits>
#include <map>
#include <string>

#include <gtest/gtest.h>

namespace nexus::http {
namespace {

std::string written(std::int64_t number) {
  std::string text;
  JsonText(text).number(number);
  return text;
}

TEST(JsonTextTest, numbers_of_every_length_and_sign_are_written_in_full) {
  for (std::int64_t number = -12'000; number <= 120'000; ++number)
    ASSERT_EQ(written(number), std::to_string(number));
  std::int64_t power = 1;
  for (int digits = 1; digits <= 18; ++digits, power *= 10) {
    for (const auto number : {power - 1, power, power + 1, -power, 1 - power}) {
      EXPECT_EQ(written(number), std::to_string(number));
    }
  }
  EXPECT_EQ(written(std::numeric_limits<std::int64_t>::max()), "9223372036854775807");
  EXPECT_EQ(written(std::numeric_limits<std::int64_t>::min()), "-9223372036854775808");
  std::string text;
  JsonText(text).number(std::numeric_limits<std::uint64_t>::max());
  EXPECT_EQ(text, "18446744073709551615");
}

TEST(JsonTextTest, what_must_be_escaped_is_found_at_every_place_of_a_text) {
  for (std::size_t size = 0; size <= 40; ++size) {
    const std::string plain(size, 'x');
    std::string text;
    JsonText(text).string(plain);
    ASSERT_EQ(text, '"' + plain + '"');
    for (std::size_t at = 0; at < size; ++at) {
      for (const auto& [byte, escaped] : std::map<char, std::string>{{'"', R"(\")"},
                                                                     {'\\', R"(\\)"},
                                                                     {'\n', R"(\n)"},
                                                                     {'\x01', R"(\u0001)"},
                                                                     {'\x1f', R"(\u001f)"}}) {
        std::string raw = plain;
        raw[at] = byte;
        text.clear();
        JsonText(text).string(raw);
        ASSERT_EQ(text, '"' + plain.substr(0, at) + escaped + plain.substr(at + 1) + '"')
            << size << ' ' << at;
      }
    }
  }
}

}  // namespace
}  // namespace nexus::http
