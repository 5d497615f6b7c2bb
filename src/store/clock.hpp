#pragma once

#include "domain/time.hpp"

namespace nexus::store {

// Where the time comes from. Any thread may ask.
class Clock {
 public:
  virtual ~Clock() = default;
  virtual domain::Time now() const = 0;
};

// The machine's clock.
class SystemClock final : public Clock {
 public:
  domain::Time now() const override;
};

}  // namespace nexus::store
