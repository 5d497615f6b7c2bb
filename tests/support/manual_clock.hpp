#pragma once

#include <atomic>

#include "store/clock.hpp"

namespace nexus::test {

// A clock that stands until it is told to move. Any thread may read and move it.
class ManualClock final : public store::Clock {
 public:
  explicit ManualClock(domain::Time start = domain::Time{1'773'324'000'000}) : ms_(start.ms) {}

  domain::Time now() const override { return domain::Time{ms_.load()}; }
  void set(domain::Time to) { ms_.store(to.ms); }
  void advance_ms(std::int64_t by) { ms_.fetch_add(by); }
  void advance_seconds(std::int64_t by) { advance_ms(by * 1000); }

 private:
  std::atomic<std::int64_t> ms_;
};

}  // namespace nexus::test
