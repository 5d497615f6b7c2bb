#include "service/host/duration.hpp"

#include <gtest/gtest.h>

namespace nexus::service {
namespace {

TEST(DurationTest, days_hours_minutes_and_seconds_are_understood) {
  EXPECT_EQ(parse_duration_seconds("90d"), 90 * 24 * 3600);
  EXPECT_EQ(parse_duration_seconds("12h"), 12 * 3600);
  EXPECT_EQ(parse_duration_seconds("15m"), 15 * 60);
  EXPECT_EQ(parse_duration_seconds("30s"), 30);
  EXPECT_EQ(parse_duration_seconds("36500d"), 36'500LL * 24 * 3600);
}

TEST(DurationTest, anything_else_is_refused) {
  for (const auto* text : {"", "d", "90", "90 d", " 90d", "90d ", "90D", "1.5h", "-1d", "+1d", "0s", "1w",
                           "1d12h", "36501d", "9223372036854775807d", "99999999999999999999s"}) {
    EXPECT_EQ(parse_duration_seconds(text), std::nullopt) << text;
  }
}

}  // namespace
}  // namespace nexus::service
