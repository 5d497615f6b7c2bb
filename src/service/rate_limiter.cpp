#include "service/rate_limiter.hpp"

namespace nexus::service {

std::optional<RateState> RateLimiter::count(domain::KeyId key, std::optional<std::uint32_t> own_per_minute,
                                            domain::Time now) {
  const std::uint32_t limit = own_per_minute.value_or(default_per_minute_);
  if (limit == 0) return std::nullopt;
  Shard& shard = shards_[domain::IdHash{}(key) % shards_.size()];
  const std::scoped_lock lock(shard.mutex);
  return shard.buckets.try_emplace(key, limit, now).first->second.take(limit, now);
}

}  // namespace nexus::service
