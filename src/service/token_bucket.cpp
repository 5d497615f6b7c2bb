#include "service/token_bucket.hpp"

#include <algorithm>
#include <cmath>

namespace nexus::service {

namespace {

constexpr double ms_per_minute = 60'000;

std::uint32_t seconds_until(double tokens_missing, double tokens_per_ms) {
  return static_cast<std::uint32_t>(std::ceil(tokens_missing / tokens_per_ms / 1000));
}

}  // namespace

RateState TokenBucket::take(std::uint32_t per_minute, domain::Time now) {
  const double tokens_per_ms = per_minute / ms_per_minute;
  const auto elapsed_ms = static_cast<double>(std::max<std::int64_t>(0, now.ms - filled_at_.ms));
  tokens_ = std::min<double>(per_minute, tokens_ + elapsed_ms * tokens_per_ms);
  filled_at_ = std::max(filled_at_, now);

  RateState state{.is_allowed = tokens_ >= 1, .limit = per_minute};
  if (state.is_allowed) {
    tokens_ -= 1;
  } else {
    state.retry_after_s = std::max(1U, seconds_until(1 - tokens_, tokens_per_ms));
  }
  state.remaining = static_cast<std::uint32_t>(tokens_);
  state.reset_s = seconds_until(per_minute - tokens_, tokens_per_ms);
  return state;
}

}  // namespace nexus::service
