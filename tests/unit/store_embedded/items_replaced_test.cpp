// A checkpoint that met most items writes all of them: what there was before is dropped whole, and never
// read.

#include <future>
#include <map>
#include <memory>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

#include <gtest/gtest.h>

#include "shop.hpp"
#include "store/embedded/database.hpp"
#include "store/embedded/keys.hpp"
#include "support/manual_clock.hpp"
#include "support/temporary_folder.hpp"

namespace nexus::store::embedded {
namespace {

using Records = std::map<std::string, std::string>;

class ItemsReplacedTest : public ::testing::Test {
 protected:
  ItemsReplacedTest() { open(); }

  void open() {
    database_.reset();
    auto opened = Database::open({.directory = folder_.path()}, clock_);
    if (!opened) throw std::runtime_error(told_to_host(opened.error()));
    database_ = std::move(*opened);
  }

  void write(Family family, const Records& records) {
    std::vector<SortedRun> runs;
    runs.push_back(database_->start_run(family));
    for (const auto& [key, value] : records) runs.back().put(key, value);
    const auto status = database_->ingest(std::move(runs));
    if (!status.ok()) throw std::runtime_error(status.ToString());
  }

  Records all(Family family) {
    const auto opened = database_->use();
    const auto at = opened->scan(family);
    Records records;
    for (at->SeekToFirst(); at->Valid(); at->Next()) {
      records[at->key().ToString()] = at->value().ToString();
    }
    return records;
  }

  const test::TemporaryFolder folder_;
  test::ManualClock clock_;
  std::unique_ptr<Database> database_;
};

TEST_F(ItemsReplacedTest, those_that_are_there_go_as_soon_as_the_new_ones_are_in) {
  const Records after{{"b", "2"}, {"c", "2"}};
  write(Family::items, {{"a", "1"}, {"b", "1"}});
  write(Family::next_items, after);
  EXPECT_EQ(all(Family::items), after);
  open();
  EXPECT_EQ(all(Family::items), after);
}

TEST_F(ItemsReplacedTest, what_is_written_later_comes_on_top_of_them) {
  write(Family::items, {{"a", "1"}});
  write(Family::next_items, {{"a", "2"}, {"b", "2"}});
  write(Family::items, {{"b", "3"}});
  EXPECT_EQ(all(Family::items), (Records{{"a", "2"}, {"b", "3"}}));
  open();
  EXPECT_EQ(all(Family::items), (Records{{"a", "2"}, {"b", "3"}}));
}

TEST_F(ItemsReplacedTest, it_can_be_done_again_and_again) {
  write(Family::items, {{"a", "1"}});
  for (const auto* value : {"2", "3", "4"}) {
    ASSERT_TRUE(database_->is_next_items_clear());
    write(Family::next_items, {{"a", value}});
    EXPECT_FALSE(database_->is_next_items_clear());
    ASSERT_TRUE(database_->clear_next_items().ok());
    EXPECT_EQ(all(Family::items), (Records{{"a", value}}));
  }
  open();
  EXPECT_EQ(all(Family::items), (Records{{"a", "4"}}));
}

TEST_F(ItemsReplacedTest, what_a_kill_kept_from_going_is_not_read_and_goes_later) {
  write(Family::items, {{"old", "1"}});
  write(Family::next_items, {{"new", "2"}});
  open();
  EXPECT_FALSE(database_->is_next_items_clear());
  EXPECT_EQ(all(Family::items), (Records{{"new", "2"}}));
  ASSERT_TRUE(database_->clear_next_items().ok());
  EXPECT_TRUE(database_->is_next_items_clear());
  EXPECT_EQ(all(Family::next_items), Records());
  open();
  EXPECT_EQ(all(Family::items), (Records{{"new", "2"}}));
}

TEST_F(ItemsReplacedTest, nothing_is_dropped_under_a_reader) {
  write(Family::items, {{"old", "1"}});
  write(Family::next_items, {{"new", "2"}});
  std::promise<void> is_read;
  std::promise<void> may_end;
  const auto reader = std::async(std::launch::async, [&] {
    const auto opened = database_->use();
    is_read.set_value();
    may_end.get_future().wait();
  });
  is_read.get_future().wait();
  EXPECT_TRUE(database_->clear_next_items().IsBusy());
  may_end.set_value();
  reader.wait();
  EXPECT_TRUE(database_->clear_next_items().ok());
}

// As the writer's thread does after a full disk, while the checkpointer's thread drops.
TEST_F(ItemsReplacedTest, they_are_dropped_by_one_thread_while_another_opens_the_database_anew) {
  constexpr int rounds = 10;
  write(Family::items, {{"a", "1"}});
  write(Family::next_items, {{"a", "2"}});
  auto opener = std::async(std::launch::async, [&] {
    int opened = 0;
    for (int round = 0; round < rounds; ++round) opened += database_->reopen().ok() ? 1 : 0;
    return opened;
  });
  int dropped = 0;
  for (int round = 0; round < rounds; ++round) dropped += database_->clear_next_items().ok() ? 1 : 0;
  EXPECT_GT(opener.get(), 0);
  EXPECT_GT(dropped, 0);
  EXPECT_TRUE(database_->is_next_items_clear());
  EXPECT_EQ(all(Family::items), (Records{{"a", "2"}}));
}

TEST_F(ItemsReplacedTest, a_store_that_names_no_family_of_items_is_damaged) {
  write(Family::meta, {{std::string(keys::items_home), "c"}});
  database_.reset();
  const auto opened = Database::open({.directory = folder_.path()}, clock_);
  ASSERT_FALSE(opened);
  EXPECT_EQ(opened.error().code, domain::ErrorCode::unavailable);
  EXPECT_NE(told_to_host(opened.error()).find("no family of items is named \"c\""), std::string::npos)
      << told_to_host(opened.error());
}

// Of few items in large windows the same checkpoints pile up as runs, until they are merged.
TEST(ItemsReplacedByCheckpointsTest, a_store_whose_items_all_change_has_one_run_of_them) {
  constexpr int lanes = 3;
  for (const auto& [checkpoint_events, runs_expected] : {std::pair(25, 1U), std::pair(1'000'000, 4U)}) {
    const test::TemporaryFolder folder;
    {
      test::Shop shop(folder.path(), {.checkpoint_events = static_cast<std::uint64_t>(checkpoint_events)},
                      lanes);
      for (std::int64_t step = 1; step <= 20; ++step) {
        for (int lane = 0; lane < lanes; ++lane) {
          ASSERT_TRUE(shop.do_step(step, lane));
        }
        if (step % 5 == 0) {
          ASSERT_TRUE(shop.store().checkpoint());
        }
      }
    }
    test::ManualClock clock;
    {
      const auto database = Database::open({.directory = folder.path()}, clock);
      ASSERT_TRUE(database);
      const auto opened = (*database)->use();
      rocksdb::ColumnFamilyMetaData files;
      opened->rocks().GetColumnFamilyMetaData(opened->family(Family::items), &files);
      EXPECT_EQ(files.file_count, runs_expected) << checkpoint_events;
      EXPECT_TRUE((*database)->is_next_items_clear());
    }
    test::Shop shop(folder.path(), {}, lanes);
    EXPECT_EQ(shop.audit(), "");
  }
}

// A checkpoint reads some items at a time. These are more than that, and none of them in the log any more.
TEST(ItemsReplacedByCheckpointsTest, every_one_of_many_items_is_there_after_it) {
  constexpr int lanes = 300;
  const test::TemporaryFolder folder;
  {
    test::Shop shop(folder.path(), {.checkpoint_events = 100}, lanes);
    for (int lane = 0; lane < lanes; ++lane) {
      ASSERT_TRUE(shop.do_step(1, lane));
    }
    ASSERT_TRUE(shop.store().checkpoint());
  }
  test::Shop shop(folder.path(), {}, lanes);
  EXPECT_EQ(shop.audit(), "");
}

}  // namespace
}  // namespace nexus::store::embedded
