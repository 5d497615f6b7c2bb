// A full disk stops writes, not reads, and when there is space again writes go on without a restart.

#include <chrono>
#include <thread>

#include <gtest/gtest.h>

#include "faulty_file_system.hpp"
#include "shop.hpp"
#include "support/temporary_folder.hpp"

namespace nexus::test {
namespace {

// Until the store takes a step, for at most half a minute: it looks for space now and then.
bool becomes_writable(Shop& shop) {
  for (int i = 0; i < 300; ++i) {
    if (shop.do_step()) return true;
    std::this_thread::sleep_for(std::chrono::milliseconds(100));
  }
  return false;
}

class FullDiskTest : public ::testing::TestWithParam<std::uint64_t> {};

TEST_P(FullDiskTest, writes_go_on_when_there_is_space_again) {
  const TemporaryFolder folder;
  const auto store = folder.path() / "store";
  auto system = std::make_shared<FaultyFileSystem>();
  const auto environment = rocksdb::NewCompositeEnv(system);
  {
    Shop shop(store, {.checkpoint_events = GetParam(), .environment = environment.get()});
    for (int round = 0; round < 3; ++round) {
      SCOPED_TRACE(round);
      for (int i = 0; i < 20; ++i) ASSERT_TRUE(becomes_writable(shop)) << shop.refusal();
      system->set_full(true);
      const auto before = shop.steps();
      while (shop.do_step()) {
      }
      EXPECT_FALSE(shop.store().health().takes_writes);
      EXPECT_FALSE(shop.do_step());
      EXPECT_GE(shop.steps(), before);
      system->set_full(false);
      ASSERT_TRUE(becomes_writable(shop));
      EXPECT_EQ(shop.audit(), "");
    }
  }
  Shop again(store);
  EXPECT_EQ(again.audit(), "");
}

// The store is killed after it went on: what the full disk cut short must not come back.
TEST_P(FullDiskTest, what_was_refused_does_not_come_back) {
  const TemporaryFolder folder;
  const auto store = folder.path() / "store";
  auto system = std::make_shared<FaultyFileSystem>();
  const auto environment = rocksdb::NewCompositeEnv(system);
  Shop shop(store, {.checkpoint_events = GetParam(), .environment = environment.get()});
  for (int i = 0; i < 10; ++i) ASSERT_TRUE(becomes_writable(shop)) << shop.refusal();
  system->set_full(true);
  while (shop.do_step()) {
  }
  system->set_full(false);
  ASSERT_TRUE(becomes_writable(shop));
  const auto steps = shop.steps();
  copy_store(store, folder.path() / "killed");
  Shop killed(folder.path() / "killed");
  EXPECT_EQ(killed.steps(), steps);
  EXPECT_EQ(killed.audit(), "");
}

// With and without checkpoints while the disk is full.
INSTANTIATE_TEST_SUITE_P(, FullDiskTest, ::testing::Values(30, 1'000'000));

}  // namespace
}  // namespace nexus::test
