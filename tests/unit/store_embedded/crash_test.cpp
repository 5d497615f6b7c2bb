// Killed at any moment, a store has every step that was acknowledged, at most the one that was under way, and
// nothing in part.

#include <algorithm>
#include <cstdlib>
#include <random>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "child.hpp"
#include "shop.hpp"
#include "support/temporary_folder.hpp"

namespace nexus::test {
namespace {

void expect_all_acknowledged(const std::filesystem::path& folder, int lanes, const ChildRun& run) {
  Shop shop(folder, {}, lanes);
  for (int lane = 0; lane < lanes; ++lane) {
    const auto acknowledged = run.acknowledged.contains(lane) ? run.acknowledged.at(lane) : 0;
    EXPECT_GE(shop.steps(lane), acknowledged) << "lane " << lane;
    // With nothing acknowledged in this run, what the runs before left is not known here.
    if (acknowledged > 0) {
      EXPECT_LE(shop.steps(lane), acknowledged + 1) << "lane " << lane;
    }
  }
  EXPECT_EQ(shop.audit(), "");
}

class CrashPointTest : public ::testing::TestWithParam<const char*> {};

// Of three lanes a checkpoint writes all items, of two those that its window met.
void crash_again_and_again(const std::string& point, int lanes, const std::vector<std::string>& passes) {
  const TemporaryFolder folder;
  const auto store = folder.path() / "store";
  for (const auto& nth : passes) {
    SCOPED_TRACE(nth);
    const auto run = run_child(store, lanes, 60, point + ":" + nth);
    if (!run.was_killed) {
      // A point that is passed but once in a run, or by a checkpoint of all items alone.
      EXPECT_FALSE(nth == "1" && lanes == 3);
      EXPECT_EQ(run.exit_code, 0);
      continue;
    }
    expect_all_acknowledged(store, lanes, run);
  }
  for (const auto& entry : std::filesystem::directory_iterator(folder.path())) {
    const auto name = entry.path().filename().string();
    if (!name.starts_with("store-backup") || name.ends_with(".partial")) continue;
    Shop backup(entry.path(), {}, lanes);
    EXPECT_EQ(backup.audit(), "") << name;
  }
}

TEST_P(CrashPointTest, nothing_acknowledged_is_lost) {
  crash_again_and_again(GetParam(), 3, {"1", "2", "7"});
  crash_again_and_again(GetParam(), 2, {"2"});
}

std::string name_of_point(const ::testing::TestParamInfo<const char*>& point) {
  std::string name = point.param;
  std::ranges::replace(name, '.', '_');
  return name;
}

INSTANTIATE_TEST_SUITE_P(, CrashPointTest,
                         ::testing::Values("start.before_format", "start.format_flushed", "start.loaded",
                                           "start.replayed", "log.before_write", "log.after_write",
                                           "log.published", "checkpoint.ledger_written",
                                           "checkpoint.records_written", "checkpoint.before_ingest",
                                           "checkpoint.ingested", "checkpoint.old_items_dropped",
                                           "checkpoint.before_trim", "checkpoint.before_log_flush",
                                           "checkpoint.done", "backup.copied", "backup.done"),
                         name_of_point);

TEST(CrashTest, killed_at_random_moments_again_and_again) {
  const char* wanted = std::getenv("NEXUS_CRASH_CYCLES");
  const int cycles = wanted == nullptr ? 12 : std::atoi(wanted);
  const TemporaryFolder folder;
  const auto store = folder.path() / "store";
  std::minstd_rand chance(42);
  for (int cycle = 0; cycle < cycles; ++cycle) {
    SCOPED_TRACE(cycle);
    const std::chrono::milliseconds after(30 + chance() % 200);
    const auto run = run_child(store, 4, 1'000'000, "", after);
    EXPECT_TRUE(run.was_killed);
    expect_all_acknowledged(store, 4, run);
  }
}

TEST(CrashTest, a_store_that_another_process_has_open_is_refused) {
  const TemporaryFolder folder;
  const auto store = folder.path() / "store";
  const Shop shop(store);
  const auto run = run_child(store, 1, 1, "");
  EXPECT_FALSE(run.was_killed);
  EXPECT_NE(run.exit_code, 0);
}

}  // namespace
}  // namespace nexus::test
