#include "store/clock.hpp"

#include <chrono>

namespace nexus::store {

domain::Time SystemClock::now() const {
  using namespace std::chrono;
  return domain::Time{duration_cast<milliseconds>(system_clock::now().time_since_epoch()).count()};
}

}  // namespace nexus::store
