// Whoever tries keys is slowed down, and nobody else.

#include "service/failed_attempts.hpp"

#include <gtest/gtest.h>

namespace nexus::service {
namespace {

constexpr domain::Time noon{1'790'000'000'000};

TEST(FailedAttemptsTest, so_many_a_minute_are_let_through_and_the_next_is_told_when_to_come_back) {
  FailedAttempts attempts(30);
  for (int i = 0; i < 30; ++i) ASSERT_TRUE(attempts.count("192.0.2.1", noon).is_allowed) << i;
  const auto refused = attempts.count("192.0.2.1", noon);
  EXPECT_FALSE(refused.is_allowed);
  EXPECT_EQ(refused.retry_after_s, 2U);
  EXPECT_TRUE(attempts.count("192.0.2.1", noon.plus_ms(2000)).is_allowed);
  EXPECT_FALSE(attempts.count("192.0.2.1", noon.plus_ms(2000)).is_allowed);
}

TEST(FailedAttemptsTest, another_address_has_its_own_number) {
  FailedAttempts attempts(1);
  EXPECT_TRUE(attempts.count("192.0.2.1", noon).is_allowed);
  EXPECT_FALSE(attempts.count("192.0.2.1", noon).is_allowed);
  EXPECT_TRUE(attempts.count("192.0.2.2", noon).is_allowed);
}

TEST(FailedAttemptsTest, without_a_limit_any_number_is_let_through) {
  FailedAttempts attempts(0);
  for (int i = 0; i < 1000; ++i) ASSERT_TRUE(attempts.count("192.0.2.1", noon).is_allowed);
}

TEST(FailedAttemptsTest, a_flood_of_addresses_takes_bounded_memory_and_locks_nobody_out) {
  FailedAttempts attempts(1);
  for (int i = 0; i < 200'000; ++i)
    ASSERT_TRUE(attempts.count("address " + std::to_string(i), noon).is_allowed);
}

}  // namespace
}  // namespace nexus::service
