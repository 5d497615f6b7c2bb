#include "store/embedded/window_bounds.hpp"

#include <gtest/gtest.h>

namespace nexus::store::embedded {
namespace {

constexpr WindowBounds least{.events = 500'000, .bytes = 64U << 20};

TEST(WindowBoundsTest, a_small_store_has_the_least) {
  for (const std::uint64_t items : {0, 1, 50'000, 99'999}) {
    const auto bounds = bounds_for(least, items);
    EXPECT_EQ(bounds.events, least.events) << items;
    EXPECT_EQ(bounds.bytes, least.bytes) << items;
  }
}

TEST(WindowBoundsTest, a_large_one_has_ten_events_for_an_item) {
  EXPECT_EQ(bounds_for(least, 100'000).events, 1'000'000U);
  EXPECT_EQ(bounds_for(least, 200'000).events, 2'000'000U);
  EXPECT_EQ(bounds_for(least, 200'000).bytes, 256U << 20);
}

TEST(WindowBoundsTest, no_store_has_more_than_four_times_the_least) {
  EXPECT_EQ(bounds_for(least, 50'000'000).events, 2'000'000U);
  EXPECT_EQ(bounds_for(least, 50'000'000).bytes, 256U << 20);
}

TEST(WindowBoundsTest, two_windows_may_wait_or_four_of_the_least) {
  EXPECT_EQ(pending_max(least, 0).events, 2'000'000U);
  EXPECT_EQ(pending_max(least, 150'000).events, 3'000'000U);
  EXPECT_EQ(pending_max(least, 50'000'000).events, 4'000'000U);
  EXPECT_EQ(pending_max(least, 50'000'000).bytes, 512U << 20);
}

TEST(WindowBoundsTest, all_items_are_written_where_a_window_met_most_of_many) {
  EXPECT_TRUE(is_worth_all_items(least, 1'000'000, 1'000'000));
  EXPECT_TRUE(is_worth_all_items(least, 500'000, 1'000'000));
  EXPECT_FALSE(is_worth_all_items(least, 499'999, 1'000'000));
  EXPECT_TRUE(is_worth_all_items(least, 100'000, 100'000));
  EXPECT_FALSE(is_worth_all_items(least, 99'999, 99'999));
  EXPECT_FALSE(is_worth_all_items(least, 0, 0));
}

}  // namespace
}  // namespace nexus::store::embedded
