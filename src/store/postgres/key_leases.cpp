#include "store/postgres/key_leases.hpp"

#include <utility>

namespace nexus::store::postgres {

domain::KeyPtr KeyLeases::find(const domain::KeyDigest& digest, Clock::time_point now) const {
  const std::scoped_lock lock(mutex_);
  const auto found = leases_.find(digest);
  return found != leases_.end() && now < found->second.ends_at ? found->second.key : nullptr;
}

void KeyLeases::keep(domain::KeyPtr key, Clock::time_point asked_at) {
  if (key == nullptr) return;
  const std::scoped_lock lock(mutex_);
  if (leases_.size() >= leases_max) {
    erase_if(leases_, [&](const auto& each) { return each.second.ends_at <= asked_at; });
    if (leases_.size() >= leases_max) return;
  }
  const auto digest = key->digest;
  leases_[digest] = {.key = std::move(key), .ends_at = asked_at + length};
}

}  // namespace nexus::store::postgres
