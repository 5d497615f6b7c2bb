// Rate limits: a minute's worth at once, then evenly.

#include "service/rate_limiter.hpp"

#include <gtest/gtest.h>

namespace nexus::service {
namespace {

const domain::KeyId key{domain::Ulid{.high = 1, .low = 1}};
const domain::KeyId other_key{domain::Ulid{.high = 1, .low = 2}};
constexpr domain::Time start{1'000'000};

TEST(RateLimiter, is_off_at_zero) {
  RateLimiter limiter(0);
  EXPECT_FALSE(limiter.count(key, std::nullopt, start).has_value());
  EXPECT_FALSE(RateLimiter(5).count(key, 0, start).has_value());
}

TEST(RateLimiter, allows_a_minutes_worth_and_then_refuses) {
  RateLimiter limiter(3);
  for (const std::uint32_t remaining : {2U, 1U, 0U}) {
    const auto state = limiter.count(key, std::nullopt, start);
    EXPECT_TRUE(state->is_allowed);
    EXPECT_EQ(state->limit, 3U);
    EXPECT_EQ(state->remaining, remaining);
  }
  const auto refused = limiter.count(key, std::nullopt, start);
  EXPECT_FALSE(refused->is_allowed);
  EXPECT_EQ(refused->retry_after_s, 20U);
  EXPECT_EQ(refused->reset_s, 60U);
}

TEST(RateLimiter, fills_evenly_and_a_refusal_costs_nothing) {
  RateLimiter limiter(3);
  for (int i = 0; i < 3; ++i) limiter.count(key, std::nullopt, start);
  EXPECT_FALSE(limiter.count(key, std::nullopt, start.plus_ms(19'999))->is_allowed);
  EXPECT_TRUE(limiter.count(key, std::nullopt, start.plus_ms(20'001))->is_allowed);
  EXPECT_FALSE(limiter.count(key, std::nullopt, start.plus_ms(20'002))->is_allowed);
}

TEST(RateLimiter, a_key_has_a_bucket_and_a_limit_of_its_own) {
  RateLimiter limiter(1);
  EXPECT_TRUE(limiter.count(key, std::nullopt, start)->is_allowed);
  EXPECT_FALSE(limiter.count(key, std::nullopt, start)->is_allowed);
  EXPECT_TRUE(limiter.count(other_key, 2, start)->is_allowed);
  EXPECT_EQ(limiter.count(other_key, 2, start)->remaining, 0U);
}

TEST(RateLimiter, a_clock_that_runs_backwards_gives_nothing_away) {
  RateLimiter limiter(1);
  limiter.count(key, std::nullopt, start);
  EXPECT_FALSE(limiter.count(key, std::nullopt, start.plus_ms(-600'000))->is_allowed);
  EXPECT_FALSE(limiter.count(key, std::nullopt, start)->is_allowed);
}

}  // namespace
}  // namespace nexus::service
