// Many threads write and read at once, over checkpoints: no reader sees half of a bulk, a total that is not
// its page's, or a history with a gap.

#include <atomic>
#include <filesystem>
#include <fstream>
#include <functional>
#include <iterator>
#include <optional>
#include <string>
#include <thread>
#include <vector>

#include <gtest/gtest.h>

#include "shop.hpp"
#include "store/wait.hpp"
#include "support/temporary_folder.hpp"

namespace nexus::test {
namespace {

using store::wait;

bool ends_with_zeros(const std::filesystem::path& file) {
  constexpr std::size_t looked_at = 1024;
  std::ifstream in(file, std::ios::binary);
  const std::string bytes{std::istreambuf_iterator<char>(in), {}};
  return bytes.size() >= looked_at && bytes.find_last_not_of('\0') + looked_at < bytes.size();
}

class StressTest : public ::testing::Test {
 protected:
  // Runs `read` over and over on its own thread, while two lanes write.
  void while_written(const std::function<void()>& read) {
    std::atomic<int> writing{lanes};
    std::vector<std::jthread> writers;
    for (int lane = 0; lane < lanes; ++lane) {
      writers.emplace_back([&, lane] {
        for (std::int64_t step = 1; step <= 150; ++step) EXPECT_TRUE(shop_.do_step(step, lane));
        --writing;
      });
    }
    while (writing > 0) read();
    writers.clear();
    EXPECT_EQ(shop_.audit(), "");
  }

  static constexpr int lanes = 2;
  TemporaryFolder folder_;
  Shop shop_{folder_.path() / "store", {.checkpoint_events = 25}, lanes};
  domain::TenantId tenant_ = wait(shop_.store().tenants()).front().id;
};

TEST_F(StressTest, a_history_never_has_a_gap_or_a_line_twice) {
  while_written([&] {
    auto reader = wait(shop_.store().adjustments(tenant_, {.sku = "lane 0"})).value();
    std::vector<std::int64_t> afters;
    const auto visit = [&](const store::Adjustment& line) { afters.push_back(line.after); };
    while (wait(reader->read(7, visit)).value() == 7) {
    }
    for (std::size_t i = 0; i < afters.size(); ++i) {
      ASSERT_EQ(afters[i], static_cast<std::int64_t>(afters.size() - i));
    }
  });
}

TEST_F(StressTest, a_paged_history_goes_on_where_it_was) {
  while_written([&] {
    std::vector<std::int64_t> afters;
    std::optional<std::uint64_t> before;
    for (;;) {
      auto reader =
          wait(shop_.store().adjustments(tenant_, {.sku = "lane 1", .before_sequence = before})).value();
      const auto visited = wait(reader->read(11, [&](const store::Adjustment& line) {
                             afters.push_back(line.after);
                             before = line.sequence;
                           })).value();
      if (visited < 11) break;
    }
    for (std::size_t i = 0; i < afters.size(); ++i) {
      ASSERT_EQ(afters[i], static_cast<std::int64_t>(afters.size() - i));
    }
  });
}

TEST_F(StressTest, a_page_and_its_total_are_of_one_moment) {
  while_written([&] {
    std::size_t seen = 0;
    const auto page =
        wait(shop_.store().list_items(tenant_, {.limit = 100},
                                      [&](const domain::Item&, const domain::Warehouses&) { ++seen; }))
            .value();
    ASSERT_EQ(page.total, seen);
  });
}

TEST_F(StressTest, reservations_are_listed_once_each_while_they_move_to_the_archive) {
  while_written([&] {
    const auto page = wait(shop_.store().list_reservations(tenant_, {.limit = 1000})).value();
    for (std::size_t i = 1; i < page.reservations.size(); ++i) {
      ASSERT_LT(page.reservations[i]->id, page.reservations[i - 1]->id);
    }
  });
}

TEST_F(StressTest, a_backup_under_load_is_a_store_of_one_moment) {
  int backups = 0;
  while_written([&] {
    if (backups == 3) return;
    const auto destination = folder_.path() / ("backup " + std::to_string(backups++));
    std::uint64_t done = 0;
    std::uint64_t total = 0;
    ASSERT_TRUE(shop_.store().backup(destination, [&](std::uint64_t so_far, std::uint64_t of) {
      EXPECT_LE(so_far, of);
      done = so_far;
      total = of;
    }));
    EXPECT_GT(done, 0U);
    EXPECT_EQ(done, total) << "the last word is that all is there";
    // In the room behind a log that is being written stand records that are half copied.
    for (const auto& entry : std::filesystem::directory_iterator(destination / "db")) {
      if (entry.path().extension() != ".log") continue;
      EXPECT_FALSE(ends_with_zeros(entry.path())) << entry.path();
    }
    Shop copy(destination, {}, lanes);
    ASSERT_EQ(copy.audit(), "");
    EXPECT_FALSE(shop_.store().backup(destination, nullptr));
  });
}

}  // namespace
}  // namespace nexus::test
