#pragma once

#include <cstdint>

#include "domain/time.hpp"

namespace nexus::service {

// Where somebody stands after one request was counted.
struct RateState {
  bool is_allowed = true;
  std::uint32_t limit = 0;          // requests a minute
  std::uint32_t remaining = 0;      // that may be made right now
  std::uint32_t reset_s = 0;        // seconds until the full number may be made again
  std::uint32_t retry_after_s = 0;  // when not allowed: seconds until the next one is
};

// Holds a minute's worth of requests and fills evenly. Not for several threads at once.
class TokenBucket {
 public:
  TokenBucket(std::uint32_t per_minute, domain::Time now) : tokens_(per_minute), filled_at_(now) {}

  // Takes one, if there is one. `per_minute` may change from one call to the next.
  RateState take(std::uint32_t per_minute, domain::Time now);

 private:
  double tokens_;
  domain::Time filled_at_;
};

}  // namespace nexus::service
