// Ids: how they are written, read and sorted.

#include <algorithm>

#include <gtest/gtest.h>
// After GoogleTest, which it needs and does not include.
#include <rapidcheck/gtest.h>

#include "domain/ids.hpp"

namespace nexus::domain {
namespace {

std::string text_of(Ulid id) {
  std::string out(Ulid::text_size, '\0');
  id.write(out.data());
  return out;
}

TEST(UlidTest, it_is_written_in_crockfords_base_32) {
  EXPECT_EQ(text_of({0, 0}), "00000000000000000000000000");
  EXPECT_EQ(text_of({0, 31}), "0000000000000000000000000Z");
  EXPECT_EQ(text_of({0, 32}), "00000000000000000000000010");
  EXPECT_EQ(text_of({~0ULL, ~0ULL}), "7ZZZZZZZZZZZZZZZZZZZZZZZZZ");
  // The example of the ULID specification: 01ARYZ6S41 stands for 1469918176385 ms.
  EXPECT_EQ(text_of(Ulid::of(Time{1'469'918'176'385}, 0)).substr(0, 10), "01ARYZ6S41");
}

TEST(UlidTest, only_the_exact_text_form_is_read) {
  const std::string good = text_of({0x0123456789abcdefULL, 0xfedcba9876543210ULL});
  ASSERT_TRUE(Ulid::parse(good));
  EXPECT_FALSE(Ulid::parse(""));
  EXPECT_FALSE(Ulid::parse(good.substr(1)));
  EXPECT_FALSE(Ulid::parse(good + "0"));
  EXPECT_FALSE(Ulid::parse("8" + good.substr(1)));
  EXPECT_FALSE(Ulid::parse("z" + good.substr(1)));
  for (const char not_a_digit : {'I', 'L', 'O', 'U', 'a', 'z', '-', ' ', '\0', '\xff'}) {
    std::string bad = good;
    bad[7] = not_a_digit;
    EXPECT_FALSE(Ulid::parse(bad)) << not_a_digit;
  }
}

RC_GTEST_PROP(UlidTest, what_is_written_reads_back, (std::uint64_t high, std::uint64_t low)) {
  RC_ASSERT(Ulid::parse(text_of({high, low})) == (Ulid{high, low}));
}

RC_GTEST_PROP(UlidTest, texts_sort_as_the_ids_do, (std::uint64_t a, std::uint64_t b, bool same_high)) {
  const Ulid left{a, b};
  const Ulid right{same_high ? a : b, a};
  RC_ASSERT((left < right) == (text_of(left) < text_of(right)));
}

TEST(UlidTest, ids_sort_by_time_and_then_by_sequence) {
  EXPECT_LT(Ulid::of(Time{1}, 99), Ulid::of(Time{2}, 3));
  EXPECT_EQ(Ulid::of(Time{1'469'918'176'385}, 99).at(), Time{1'469'918'176'385});
  EXPECT_EQ(Ulid::of(Time{1'469'918'176'385}, 99).sequence(), 99U);
  EXPECT_LT(Ulid::of(Time{1}, 3), Ulid::of(Time{1}, 4));
  EXPECT_LT(Ulid::of(Time{1}, 0xffff'ffffULL), Ulid::of(Time{1}, 0x1'0000'0000ULL));
}

TEST(IdTest, kinds_are_told_apart_by_their_prefix) {
  const auto wh = WarehouseId{{1, 2}}.text();
  EXPECT_EQ(wh.substr(0, 3), "wh_");
  EXPECT_EQ(wh.size(), WarehouseId::text_size);
  EXPECT_EQ(WarehouseId::parse(wh), (WarehouseId{{1, 2}}));
  EXPECT_FALSE(ReservationId::parse(wh));
  EXPECT_FALSE(WarehouseId::parse(wh.substr(3)));
  EXPECT_FALSE(WarehouseId::parse("WH_" + wh.substr(3)));
  EXPECT_FALSE(WarehouseId::parse(""));
  EXPECT_FALSE(WarehouseId::parse("wh_"));
}

}  // namespace
}  // namespace nexus::domain
