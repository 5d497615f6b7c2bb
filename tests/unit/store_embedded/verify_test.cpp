// verify finds what does not add up, and finds nothing while writes go on. What it could not read is not
// opened.

#include "store/embedded/verify.hpp"

#include <atomic>
#include <thread>
#include <vector>

#include <gtest/gtest.h>

#include "shop.hpp"
#include "store/embedded/keys.hpp"
#include "store/embedded/ledger_chunk.hpp"
#include "store/embedded/record_codec.hpp"
#include "store/wait.hpp"
#include "support/temporary_folder.hpp"

namespace nexus::test {
namespace {

using store::Adjustment;
using store::embedded::Database;
using store::embedded::Family;
namespace keys = store::embedded::keys;

class VerifyTest : public ::testing::Test {
 protected:
  void SetUp() override {
    Shop shop(path_);
    for (int i = 0; i < 8; ++i) ASSERT_TRUE(shop.do_step());
    tenant_ = store::wait(shop.store().tenants()).front().id;
  }

  // Changes the closed store behind its back.
  void write(Family family, const std::string& key, const std::optional<std::string>& value) {
    const auto database = Database::open({.directory = path_}, clock_).value();
    const auto opened = database->use();
    const auto status = value ? opened->rocks().Put({}, opened->family(family), key, *value)
                              : opened->rocks().Delete({}, opened->family(family), key);
    ASSERT_TRUE(status.ok());
  }

  // Every key and value of the family, in order.
  std::vector<std::pair<std::string, std::string>> all(Family family) {
    const auto database = Database::open({.directory = path_}, clock_).value();
    const auto opened = database->use();
    const auto at = opened->scan(family);
    std::vector<std::pair<std::string, std::string>> entries;
    for (at->SeekToFirst(); at->Valid(); at->Next()) {
      entries.emplace_back(at->key().ToString(), at->value().ToString());
    }
    return entries;
  }

  // The first key's lines, changed.
  template <typename Change>
  void rewrite_first_chunk(Change&& change) {
    const auto [key, bytes] = all(Family::ledger).front();
    store::embedded::LedgerChunkReader reader(keys::parse_ledger(key)->oldest, bytes);
    std::vector<Adjustment> lines;
    while (const auto line = reader.next()) lines.push_back(*line);
    ASSERT_GE(lines.size(), 3U);
    change(lines);
    store::embedded::LedgerChunkWriter writer;
    for (const auto& line : lines) {
      writer.add(line.sequence, {.at = line.at, .actor = line.created_by},
                 {.warehouse = line.warehouse,
                  .before = line.before,
                  .after = line.after,
                  .version = line.version,
                  .reason = line.reason});
    }
    write(Family::ledger, key, std::string(writer.finish()));
  }

  std::string problems() {
    Shop shop(path_);
    const auto report = shop.store().verify(nullptr).value();
    std::string text;
    for (const auto& problem : report.problems) text += problem + "\n";
    return text;
  }

  TemporaryFolder folder_;
  std::filesystem::path path_ = folder_.path() / "store";
  ManualClock clock_;
  domain::TenantId tenant_;
};

TEST_F(VerifyTest, a_sound_store_has_no_problem_and_is_counted) {
  Shop shop(path_);
  const auto report = shop.store().verify(nullptr).value();
  EXPECT_TRUE(report.ok());
  EXPECT_EQ(report.tenants, 1U);
  EXPECT_EQ(report.items, 6U);
  EXPECT_EQ(report.levels, 6U);
  // Two for each step; one put and one shipped for every fourth.
  EXPECT_EQ(report.adjustments, 8U * 2 + 2 * 2);
  EXPECT_EQ(report.reservations, 0U);
}

TEST_F(VerifyTest, a_part_that_is_missing_is_found) {
  write(Family::ledger, all(Family::ledger)[0].first, std::nullopt);
  EXPECT_NE(problems().find("SKU \"lane 0\""), std::string::npos) << problems();
}

TEST_F(VerifyTest, a_line_that_is_missing_is_found) {
  rewrite_first_chunk([](std::vector<Adjustment>& lines) { lines.erase(lines.begin() + 1); });
  EXPECT_NE(problems().find("SKU \"lane 0\""), std::string::npos) << problems();
}

TEST_F(VerifyTest, a_line_with_another_quantity_is_found) {
  rewrite_first_chunk([](std::vector<Adjustment>& lines) { ++lines[1].after; });
  EXPECT_NE(problems().find("leaves"), std::string::npos) << problems();
}

TEST_F(VerifyTest, a_part_of_no_known_form_is_found) {
  write(Family::ledger, all(Family::ledger)[0].first, "x");
  EXPECT_NE(problems().find("SKU \"lane 0\": a part of the ledger is damaged"), std::string::npos)
      << problems();
}

TEST_F(VerifyTest, lines_of_a_sku_that_there_is_not_are_found) {
  const auto chunk = all(Family::ledger).front().second;
  for (const auto* sku : {"a stranger", "lane 0 and more", "zzz"}) {
    write(Family::ledger, keys::ledger(tenant_, sku, 3), chunk);
  }
  const auto found = problems();
  EXPECT_NE(found.find("SKU \"a stranger\""), std::string::npos) << found;
  EXPECT_NE(found.find("SKU \"lane 0 and more\""), std::string::npos) << found;
  EXPECT_NE(found.find("SKU \"zzz\""), std::string::npos) << found;
}

TEST_F(VerifyTest, a_level_that_does_not_stand_as_the_ledger_says_is_found) {
  const auto key = keys::item_record(tenant_, "lane 0");
  for (const auto& [stored, value] : all(Family::items)) {
    if (stored != key) continue;
    auto item = store::embedded::decode_item("lane 0", value).value();
    item.value.levels.front().on_hand += 1;
    item.value.levels.front().reserved += 2;
    write(Family::items, key, store::embedded::encode_record(item.value, item.stamp));
  }
  const auto found = problems();
  EXPECT_NE(found.find("SKU \"lane 0\""), std::string::npos) << found;
  EXPECT_NE(found.find("2 reserved in warehouse 0, and 0 held"), std::string::npos) << found;
}

TEST_F(VerifyTest, a_store_of_another_format_is_refused_by_number_and_stays_as_it_is) {
  write(Family::meta, std::string(keys::format), "1");
  for (int i = 0; i < 2; ++i) {
    const auto refused = Database::open({.directory = path_}, clock_);
    ASSERT_FALSE(refused);
    EXPECT_NE(refused.error().message.find("has format 1, and this version reads 3"), std::string::npos)
        << refused.error().message;
  }
}

TEST_F(VerifyTest, writes_and_checkpoints_meanwhile_are_no_problem) {
  Shop shop(path_, {.checkpoint_events = 25});
  std::atomic<bool> stop{false};
  std::thread writer([&] {
    while (!stop) shop.do_step();
  });
  for (int i = 0; i < 20; ++i) {
    const auto report = shop.store().verify(nullptr).value();
    EXPECT_TRUE(report.ok()) << report.problems.front();
  }
  stop = true;
  writer.join();
}

}  // namespace
}  // namespace nexus::test
