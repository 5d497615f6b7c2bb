// A full disk stops writes, not reads, and when there is space again writes go on without a restart.

#include <chrono>
#include <fstream>
#include <thread>

#include <gtest/gtest.h>
#include <sys/mount.h>

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

class FullDiskTest : public ::testing::TestWithParam<std::uint64_t> {
 protected:
  // Opens a shop in `folder`/store, on a disk that can be filled.
  Shop open_shop() {
    return Shop(store, {.checkpoint_events = GetParam(), .environment = environment.get()});
  }

  // Fills the disk when the shop has taken some steps, and goes on until it refuses one.
  void fill_disk(Shop& shop, int steps_before) {
    for (int i = 0; i < steps_before; ++i) ASSERT_TRUE(becomes_writable(shop)) << shop.refusal();
    system->set_full(true);
    while (shop.do_step()) {
    }
  }

  const TemporaryFolder folder;
  const std::filesystem::path store = folder.path() / "store";
  std::shared_ptr<FaultyFileSystem> system = std::make_shared<FaultyFileSystem>();
  std::unique_ptr<rocksdb::Env> environment = rocksdb::NewCompositeEnv(system);
};

TEST_P(FullDiskTest, writes_go_on_when_there_is_space_again) {
  {
    Shop shop = open_shop();
    for (int round = 0; round < 2; ++round) {
      SCOPED_TRACE(round);
      const auto before = shop.steps();
      ASSERT_NO_FATAL_FAILURE(fill_disk(shop, 20));
      EXPECT_FALSE(shop.store().health().takes_writes);
      EXPECT_FALSE(shop.do_step());
      EXPECT_GE(shop.steps(), before + 20);
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
  Shop shop = open_shop();
  ASSERT_NO_FATAL_FAILURE(fill_disk(shop, 10));
  system->set_full(false);
  ASSERT_TRUE(becomes_writable(shop));
  const auto steps = shop.steps();
  copy_store(store, folder.path() / "killed");
  Shop killed(folder.path() / "killed");
  EXPECT_EQ(killed.steps(), steps);
  EXPECT_EQ(killed.audit(), "");
}

// A file system in memory that is soon full; only root can make one.
class SmallDisk {
 public:
  explicit SmallDisk(const std::filesystem::path& at) : at_(at) {
    std::filesystem::create_directories(at);
    is_there_ = ::mount("tmpfs", at.c_str(), "tmpfs", 0, "size=128m") == 0;
  }
  ~SmallDisk() {
    if (is_there_) ::umount2(at_.c_str(), MNT_DETACH);
  }
  SmallDisk(const SmallDisk&) = delete;
  SmallDisk& operator=(const SmallDisk&) = delete;

  bool is_there() const { return is_there_; }

  // To the last byte.
  void fill() {
    std::ofstream ballast(at_ / "ballast", std::ios::binary);
    const std::string block(4096, 'x');
    while (ballast.write(block.data(), static_cast<std::streamsize>(block.size())).flush()) {
    }
  }
  void free() { std::filesystem::remove(at_ / "ballast"); }

 private:
  std::filesystem::path at_;
  bool is_there_;
};

TEST_P(FullDiskTest, a_disk_that_is_really_full_is_waited_for_again_and_again) {
  const auto at = folder.path() / "disk";
  SmallDisk disk(at);
  if (!disk.is_there()) GTEST_SKIP() << "only root can make a small disk";
  std::int64_t steps = 0;
  {
    Shop shop(at / "store", {.checkpoint_events = GetParam(), .environment = quick_environment()});
    for (int round = 0; round < 2; ++round) {
      SCOPED_TRACE(round);
      for (int i = 0; i < 20; ++i) ASSERT_TRUE(becomes_writable(shop)) << shop.refusal();
      disk.fill();
      while (shop.do_step()) {
      }
      EXPECT_FALSE(shop.store().health().takes_writes);
      disk.free();
      ASSERT_TRUE(becomes_writable(shop)) << shop.refusal();
      steps = shop.steps();
      copy_store(at / "store", folder.path() / "killed");
      Shop killed(folder.path() / "killed");
      EXPECT_GE(killed.steps(), steps);
      EXPECT_EQ(killed.audit(), "");
    }
  }
  Shop again(at / "store");
  EXPECT_GE(again.steps(), steps);
  EXPECT_EQ(again.audit(), "");
}

// While the disk is full the store's own folder is damaged: that is said, and not waited for as if it were
// the disk.
TEST_P(FullDiskTest, what_else_is_wrong_is_not_taken_for_a_full_disk) {
  Shop shop = open_shop();
  ASSERT_NO_FATAL_FAILURE(fill_disk(shop, 10));
  std::ofstream(store / "db" / "CURRENT", std::ios::trunc) << "MANIFEST-999999\n";
  system->set_full(false);
  store::Health health;
  for (int i = 0; i < 300 && (health.reason.empty() || health.reason == "the disk is full"); ++i) {
    static_cast<void>(shop.do_step());
    health = shop.store().health();
    std::this_thread::sleep_for(std::chrono::milliseconds(100));
  }
  EXPECT_EQ(health.reason, "the commit log could not be taken up again");
  EXPECT_NE(health.detail.find("999999"), std::string::npos) << health.detail;
  EXPECT_FALSE(shop.do_step());
}

// With and without checkpoints while the disk is full.
INSTANTIATE_TEST_SUITE_P(, FullDiskTest, ::testing::Values(30, 1'000'000));

}  // namespace
}  // namespace nexus::test
