#pragma once

#include <array>
#include <cstdint>
#include <mutex>
#include <optional>

#include <boost/unordered/unordered_flat_map.hpp>

#include "domain/ids.hpp"
#include "domain/time.hpp"
#include "service/token_bucket.hpp"

namespace nexus::service {

// A token bucket for each key. In memory only, so that a restart fills every bucket. Any thread may call it.
class RateLimiter {
 public:
  // `default_per_minute` goes for keys without a limit of their own; 0 is no limit.
  explicit RateLimiter(std::uint32_t default_per_minute) : default_per_minute_(default_per_minute) {}

  // Counts one request of the key. Nothing when it has no limit.
  std::optional<RateState> count(domain::KeyId key, std::optional<std::uint32_t> own_per_minute,
                                 domain::Time now);

 private:
  // Keys spread over shards, so that the threads of the server seldom meet at one lock.
  struct Shard {
    std::mutex mutex;
    boost::unordered_flat_map<domain::KeyId, TokenBucket, domain::IdHash> buckets;
  };

  std::uint32_t default_per_minute_;
  std::array<Shard, 16> shards_;
};

}  // namespace nexus::service
