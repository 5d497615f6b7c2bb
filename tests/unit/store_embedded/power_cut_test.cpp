// The power goes at any sync, with what was not synced dropped, cut or zeroed: what was acknowledged is
// there.

#include <atomic>
#include <vector>

#include <gtest/gtest.h>

#include "faulty_file_system.hpp"
#include "shop.hpp"
#include "support/case_stride.hpp"
#include "support/temporary_folder.hpp"

namespace nexus::test {
namespace {

constexpr std::int64_t steps = 50;

// What a power cut left, and how many steps had been acknowledged before it.
struct Image {
  std::filesystem::path folder;
  std::int64_t acknowledged;
};

// Writes `steps` steps and takes an image at every sync.
std::vector<Image> images_of_a_run(const std::filesystem::path& folder, FaultyFileSystem::Unsynced unsynced,
                                   bool sync_writes) {
  auto system = std::make_shared<FaultyFileSystem>();
  const auto environment = rocksdb::NewCompositeEnv(system);
  const auto store = folder / "store";
  std::vector<Image> images;
  std::atomic<std::int64_t> acknowledged{0};
  Shop shop(store, {.checkpoint_events = 30, .sync_writes = sync_writes, .environment = environment.get()});
  system->on_sync([&] {
    const auto image = folder / ("image-" + std::to_string(images.size()));
    images.push_back({.folder = image, .acknowledged = acknowledged});
    system->copy_after_power_cut(store, image, unsynced, static_cast<std::uint32_t>(images.size()));
  });
  for (std::int64_t step = 1; step <= steps; ++step) {
    EXPECT_TRUE(shop.do_step(step));
    acknowledged = step;
  }
  EXPECT_TRUE(shop.store().checkpoint());
  system->on_sync({});
  shop.close();
  return images;
}

class PowerCutTest : public ::testing::TestWithParam<FaultyFileSystem::Unsynced> {};

TEST_P(PowerCutTest, nothing_acknowledged_is_lost_at_any_sync) {
  const TemporaryFolder folder;
  const auto images = images_of_a_run(folder.path(), GetParam(), true);
  EXPECT_GT(images.size(), static_cast<std::size_t>(steps));
  for (std::size_t i = 0; i < images.size(); i += case_stride()) {
    const Image& image = images[i];
    SCOPED_TRACE(image.folder.filename().string());
    Shop shop(image.folder, {.environment = quick_environment()});
    EXPECT_GE(shop.steps(), image.acknowledged);
    EXPECT_LE(shop.steps(), image.acknowledged + 1);
    EXPECT_EQ(shop.audit(), "");
  }
}

std::string name_of_loss(const ::testing::TestParamInfo<FaultyFileSystem::Unsynced>& unsynced) {
  switch (unsynced.param) {
    case FaultyFileSystem::Unsynced::dropped:
      return "dropped";
    case FaultyFileSystem::Unsynced::cut_anywhere:
      return "cut_anywhere";
    case FaultyFileSystem::Unsynced::zeroed:
      return "zeroed";
  }
  return "";
}

INSTANTIATE_TEST_SUITE_P(, PowerCutTest,
                         ::testing::Values(FaultyFileSystem::Unsynced::dropped,
                                           FaultyFileSystem::Unsynced::cut_anywhere,
                                           FaultyFileSystem::Unsynced::zeroed),
                         name_of_loss);

// The control: the test above does find a loss when there is one.
TEST(PowerCutControl, without_the_sync_acknowledged_steps_are_lost) {
  const TemporaryFolder folder;
  const auto images = images_of_a_run(folder.path(), FaultyFileSystem::Unsynced::dropped, false);
  bool lost = false;
  for (const auto& image : images) {
    Shop shop(image.folder, {.environment = quick_environment()});
    lost = lost || shop.steps() < image.acknowledged;
  }
  EXPECT_TRUE(lost);
}

TEST(FailingSyncTest, nothing_is_acknowledged_after_it_and_all_before_it_is_kept) {
  const TemporaryFolder folder;
  const auto store = folder.path() / "store";
  auto system = std::make_shared<FaultyFileSystem>();
  const auto environment = rocksdb::NewCompositeEnv(system);
  std::int64_t acknowledged = 0;
  {
    Shop shop(store, {.checkpoint_events = 1'000'000, .environment = environment.get()});
    system->fail_syncs_from(10);
    while (shop.do_step(acknowledged + 1)) ++acknowledged;
    EXPECT_GT(acknowledged, 0);
    EXPECT_LT(acknowledged, 10);
    const auto health = shop.store().health();
    EXPECT_FALSE(health.takes_writes);
    EXPECT_EQ(health.reason, "a write to the commit log failed");
    EXPECT_EQ(shop.refusal(), "the store takes no writes: a write to the commit log failed");
    EXPECT_NE(health.detail.find("the sync failed"), std::string::npos) << "which clients need not know";
    // Reads go on, and see nothing of what failed.
    EXPECT_LE(shop.steps(), acknowledged + 1);
    const auto seen = shop.steps();
    system->fail_syncs_from(-1);
    EXPECT_FALSE(shop.do_step(seen + 1));
    EXPECT_EQ(shop.steps(), seen);
  }
  Shop again(store);
  EXPECT_GE(again.steps(), acknowledged);
  EXPECT_LE(again.steps(), acknowledged + 1);
  EXPECT_EQ(again.audit(), "");
}

}  // namespace
}  // namespace nexus::test
