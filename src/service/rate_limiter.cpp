#include "service/rate_limiter.hpp"

#include <algorithm>
#include <cmath>

namespace nexus::service {

namespace {

constexpr double ms_per_minute = 60'000;

std::uint32_t seconds_until(double tokens_missing, double tokens_per_ms) {
  return static_cast<std::uint32_t>(std::ceil(tokens_missing / tokens_per_ms / 1000));
}

}  // namespace

std::optional<RateState> RateLimiter::count(domain::KeyId key, std::optional<std::uint32_t> own_per_minute,
                                            domain::Time now) {
  const std::uint32_t limit = own_per_minute.value_or(default_per_minute_);
  if (limit == 0) return std::nullopt;
  const double tokens_per_ms = limit / ms_per_minute;

  Shard& shard = shards_[domain::IdHash{}(key) % shards_.size()];
  const std::scoped_lock lock(shard.mutex);
  const auto [found, is_new] = shard.buckets.try_emplace(key, Bucket{static_cast<double>(limit), now});
  Bucket& bucket = found->second;
  const auto elapsed_ms = static_cast<double>(std::max<std::int64_t>(0, now.ms - bucket.filled_at.ms));
  bucket.tokens = std::min<double>(limit, bucket.tokens + elapsed_ms * tokens_per_ms);
  bucket.filled_at = std::max(bucket.filled_at, now);

  RateState state{.is_allowed = bucket.tokens >= 1, .limit = limit};
  if (state.is_allowed) {
    bucket.tokens -= 1;
  } else {
    state.retry_after_s = std::max(1U, seconds_until(1 - bucket.tokens, tokens_per_ms));
  }
  state.remaining = static_cast<std::uint32_t>(bucket.tokens);
  state.reset_s = seconds_until(limit - bucket.tokens, tokens_per_ms);
  return state;
}

}  // namespace nexus::service
