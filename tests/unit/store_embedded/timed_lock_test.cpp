// For the thread sanitizer, which reports a race here when it does not know how these threads exclude each
// other.

#include <atomic>
#include <chrono>
#include <mutex>
#include <shared_mutex>
#include <thread>

#include <gtest/gtest.h>

namespace nexus::store::embedded {
namespace {

TEST(TimedLockTest, threads_that_wait_for_each_other_with_patience_do_not_race) {
  constexpr int turns = 100;
  std::shared_timed_mutex lock;
  int counted = 0;
  std::atomic<int> turn = 0;
  const auto count_in_turn = [&](int self) {
    for (int i = 0; i < turns; ++i) {
      // Relaxed: only the lock puts what one thread writes before what the other one reads.
      while (turn.load(std::memory_order_relaxed) != self) std::this_thread::yield();
      if (const std::unique_lock alone(lock, std::chrono::seconds(60)); alone) ++counted;
      turn.store(1 - self, std::memory_order_relaxed);
    }
  };
  std::thread first(count_in_turn, 0);
  std::thread second(count_in_turn, 1);
  first.join();
  second.join();
  EXPECT_EQ(counted, 2 * turns);
}

}  // namespace
}  // namespace nexus::store::embedded
