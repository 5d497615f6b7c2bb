// What a checkpoint has written is in no write-ahead file any more: a start reads what came after it, and no
// more.

#include <filesystem>
#include <fstream>
#include <iterator>
#include <map>
#include <string>
#include <string_view>

#include <gtest/gtest.h>

#include "shop.hpp"
#include "store/crash_points.hpp"
#include "support/eventually.hpp"
#include "support/temporary_folder.hpp"

namespace nexus::test {
namespace {

// Zeros are room for what comes next.
std::size_t bytes_written(const std::filesystem::path& store) {
  std::size_t written = 0;
  for (const auto& entry : std::filesystem::directory_iterator(store / "db")) {
    if (entry.path().extension() != ".log") continue;
    std::ifstream in(entry.path(), std::ios::binary);
    const std::string bytes{std::istreambuf_iterator<char>(in), {}};
    written += bytes.find_last_not_of('\0') + 1;
  }
  return written;
}

TEST(WriteAheadFilesTest, nothing_of_what_a_checkpoint_has_written_stays_in_them) {
  const TemporaryFolder folder;
  const Shop::Settings by_hand{.checkpoint_events = 1'000'000};
  for (const auto* store : {"a new store", "a store that was opened again"}) {
    SCOPED_TRACE(store);
    Shop shop(folder.path() / "store", by_hand);
    for (int checkpoint = 0; checkpoint < 3; ++checkpoint) {
      ASSERT_TRUE(shop.do_step());
      EXPECT_GT(bytes_written(folder.path() / "store"), 0U);
      ASSERT_TRUE(shop.store().checkpoint());
      // The files go when the flush is over, which its caller does not wait for.
      EXPECT_TRUE(eventually([&] { return bytes_written(folder.path() / "store") == 0; }))
          << "checkpoint " << checkpoint;
    }
  }
}

// A record of it there, alone in a file and damaged, would be missed by nobody.
TEST(WriteAheadFilesTest, trimming_the_log_writes_nothing_into_them) {
  const TemporaryFolder folder;
  std::map<std::string, std::size_t> written;
  store::on_crash_point(
      [&](std::string_view point) { written[std::string(point)] = bytes_written(folder.path() / "store"); });
  {
    Shop shop(folder.path() / "store", {.checkpoint_events = 1'000'000});
    EXPECT_TRUE(shop.do_step());
    EXPECT_TRUE(shop.store().checkpoint());
  }
  store::on_crash_point({});
  EXPECT_GT(written.at("checkpoint.before_trim"), 0U);
  EXPECT_EQ(written.at("checkpoint.before_log_flush"), written.at("checkpoint.before_trim"));
}

}  // namespace
}  // namespace nexus::test
