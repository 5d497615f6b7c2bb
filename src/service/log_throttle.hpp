#pragma once

#include <cstdint>
#include <mutex>
#include <optional>

#include "domain/time.hpp"
#include "service/token_bucket.hpp"

namespace nexus::service {

// Keeps what goes wrong with every request from filling the host's disk with log lines: the first of them are
// written, then one a second. Any thread may call it.
class LogThrottle {
 public:
  // Whether the next line is written: with how many were left out since the last one, or not at all.
  std::optional<std::uint64_t> let_through(domain::Time now);

 private:
  static constexpr std::uint32_t lines_per_minute = 60;

  std::mutex mutex_;
  std::optional<TokenBucket> bucket_;
  std::uint64_t left_out_ = 0;
};

}  // namespace nexus::service
