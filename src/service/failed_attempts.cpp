#include "service/failed_attempts.hpp"

namespace nexus::service {

RateState FailedAttempts::count(std::string_view address, domain::Time now) {
  if (per_minute_ == 0) return {};
  const std::scoped_lock lock(mutex_);
  if (buckets_.size() >= addresses_max) buckets_.clear();
  return buckets_.try_emplace(std::string(address), per_minute_, now).first->second.take(per_minute_, now);
}

}  // namespace nexus::service
