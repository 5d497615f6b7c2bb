#include "service/log_throttle.hpp"

#include <utility>

namespace nexus::service {

std::optional<std::uint64_t> LogThrottle::let_through(domain::Time now) {
  const std::scoped_lock lock(mutex_);
  if (!bucket_) bucket_.emplace(lines_per_minute, now);
  if (bucket_->take(lines_per_minute, now).is_allowed) return std::exchange(left_out_, 0);
  ++left_out_;
  return std::nullopt;
}

}  // namespace nexus::service
