// Who runs the service is told how much of a start was replaying the log.

#include <gtest/gtest.h>

#include "shop.hpp"
#include "support/temporary_folder.hpp"

namespace nexus::test {

namespace {

TEST(ReplayTest, the_start_after_a_kill_tells_how_many_events_it_replayed) {
  const TemporaryFolder folder;
  std::uint64_t events = 0;
  {
    Shop shop(folder.path() / "live", {.checkpoint_events = 1'000'000});
    for (std::int64_t step = 1; step <= 5; ++step) ASSERT_TRUE(shop.do_step(step));
    events = shop.store().figures().events;
    copy_store(folder.path() / "live", folder.path() / "killed");
  }
  ASSERT_GT(events, 5U);
  Shop killed(folder.path() / "killed");
  EXPECT_EQ(killed.store().figures().replayed_events, events);
  Shop closed(folder.path() / "live");
  EXPECT_EQ(closed.store().figures().replayed_events, 0U);
}

}  // namespace

}  // namespace nexus::test
