#pragma once

#include <chrono>
#include <cstddef>
#include <memory>
#include <mutex>

#include <boost/unordered/unordered_flat_map.hpp>

#include "domain/access.hpp"

namespace nexus::store::postgres {

// The keys that the database confirmed a moment ago, so that not every request has to ask for its own. Each
// is believed for `length`, counted from before the database was asked. Whoever revokes a key waits that long
// before saying so: after that no node believes in it any more. Any thread may call any method.
class KeyLeases {
 public:
  using Clock = std::chrono::steady_clock;
  static constexpr std::chrono::milliseconds length{500};
  static constexpr std::size_t leases_max = 10'000;

  // Null when the database has to be asked.
  domain::KeyPtr find(const domain::KeyDigest& digest, Clock::time_point now) const;

  // Keeps what the database answered to a question that was asked then; null is not kept. Where there are too
  // many others, neither is the key: it is asked for each time.
  void keep(domain::KeyPtr key, Clock::time_point asked_at);

 private:
  struct Lease {
    domain::KeyPtr key;
    Clock::time_point ends_at;
  };

  mutable std::mutex mutex_;
  boost::unordered_flat_map<domain::KeyDigest, Lease, domain::DigestHash, domain::SameDigest> leases_;
};

}  // namespace nexus::store::postgres
