// For programs under the thread sanitizer. Waiting for a shared_timed_mutex calls a function of pthreads that
// it does not know, so that it takes two threads that exclude each other for racing. It knows the same one by
// the other clock.

#include <chrono>
#include <pthread.h>
#include <time.h>

namespace {

std::chrono::nanoseconds since_epoch(const timespec& time) {
  return std::chrono::seconds(time.tv_sec) + std::chrono::nanoseconds(time.tv_nsec);
}

std::chrono::nanoseconds now_by(clockid_t clock) {
  timespec now{};
  clock_gettime(clock, &now);
  return since_epoch(now);
}

}  // namespace

extern "C" int pthread_rwlock_clockwrlock(pthread_rwlock_t* lock, clockid_t clock,
                                          const timespec* deadline) noexcept {
  const auto left = since_epoch(*deadline) - now_by(clock);
  const auto until = now_by(CLOCK_REALTIME) + left;
  const auto seconds = std::chrono::floor<std::chrono::seconds>(until);
  const timespec real_deadline{.tv_sec = seconds.count(), .tv_nsec = (until - seconds).count()};
  return pthread_rwlock_timedwrlock(lock, &real_deadline);
}
