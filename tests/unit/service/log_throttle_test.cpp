// The host reads of what goes wrong, however often it does, and its disk is not filled with it.

#include "service/log_throttle.hpp"

#include <optional>

#include <gtest/gtest.h>

namespace nexus::service {

namespace {

TEST(LogThrottleTest, a_storm_is_told_by_its_first_lines_and_then_one_a_second_with_what_was_left_out) {
  LogThrottle throttle;
  domain::Time now{1'000'000};
  int written = 0;
  for (int i = 0; i < 1000; ++i) written += throttle.let_through(now) ? 1 : 0;
  EXPECT_EQ(written, 60);

  now = now.plus_ms(1000);
  EXPECT_EQ(throttle.let_through(now), std::optional<std::uint64_t>(940));
  EXPECT_EQ(throttle.let_through(now), std::nullopt);
  now = now.plus_ms(60'000);
  EXPECT_EQ(throttle.let_through(now), std::optional<std::uint64_t>(1));
  EXPECT_EQ(throttle.let_through(now), std::optional<std::uint64_t>(0));
}

}  // namespace

}  // namespace nexus::service
