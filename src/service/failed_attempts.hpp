#pragma once

#include <cstdint>
#include <functional>
#include <mutex>
#include <string>
#include <string_view>

#include <boost/unordered/unordered_flat_map.hpp>

#include "domain/time.hpp"
#include "service/token_bucket.hpp"
#include "store/text_hash.hpp"

namespace nexus::service {

// Requests whose key was not valid, counted for each address that they came from. Only those are ever refused
// for it: a valid key is not locked out by what others try from behind the same address. In memory only. Any
// thread may call it.
class FailedAttempts {
 public:
  // 0 is no limit.
  explicit FailedAttempts(std::uint32_t per_minute) : per_minute_(per_minute) {}

  // Counts one. Always allowed when there is no limit.
  RateState count(std::string_view address, domain::Time now);

 private:
  // Addresses are cheap to come by: beyond so many all of them are forgotten, which bounds the memory.
  static constexpr std::size_t addresses_max = 65'536;

  std::uint32_t per_minute_;
  std::mutex mutex_;
  boost::unordered_flat_map<std::string, TokenBucket, store::TextHash, std::equal_to<>> buckets_;
};

}  // namespace nexus::service
