// Import: good lines go in, bad ones are told by number, and the same file again changes nothing.

#include "service/host/import.hpp"

#include <gtest/gtest.h>

#include "unit/service/host_world.hpp"

namespace nexus::service {
namespace {

using test::complaints;

struct ImportTest : ::testing::Test, test::HostWorld {
  domain::TenantId shop = make_tenant("shop");
};

TEST_F(ImportTest, items_warehouses_and_levels_are_made_as_the_file_says) {
  const auto report = import(shop,
                             "sku,title,safety_stock,low_threshold,warehouse,quantity\n"
                             "A,Apple,5,20,Berlin,100\n"
                             "A,Apple,5,20,Paris,7\n"
                             "B,Bread,0,,Berlin,0\n");
  EXPECT_EQ(report.rows, 3U);
  EXPECT_EQ(report.items_created, 2U);
  EXPECT_EQ(report.warehouses_created, 2U);
  EXPECT_EQ(report.bad_lines, 0U);
  const auto apple = item(shop, "A");
  EXPECT_EQ(apple.title, "Apple");
  EXPECT_EQ(apple.safety_stock, 5);
  EXPECT_EQ(apple.low_threshold, domain::Threshold(20));
  ASSERT_EQ(apple.levels.size(), 2U);
  EXPECT_EQ(apple.levels[0].on_hand, 100);
  EXPECT_EQ(apple.levels[1].on_hand, 7);
}

TEST_F(ImportTest, the_same_file_again_changes_nothing) {
  const std::string file =
      "sku,title,safety_stock,critical_threshold,warehouse,quantity\n"
      "A,Apple,5,,Berlin,100\nA,,,,Paris,7\nB,,0,3,Berlin,0\nC,Cake,,,,\n";
  import(shop, file);
  const auto version = item(shop, "A").version;
  const auto again = import(shop, file);
  EXPECT_EQ(again.rows_unchanged, 4U);
  EXPECT_EQ(again.items_created + again.items_changed + again.levels_adjusted + again.warehouses_created, 0U);
  EXPECT_EQ(item(shop, "A").version, version);
}

TEST_F(ImportTest, bad_lines_are_told_by_number_and_the_good_ones_go_in) {
  const auto report = import(shop,
                             "sku,warehouse,quantity\n"
                             "A,Main,1\n"
                             "B,Main,-1\n"
                             "\"C,Main,1\n"
                             "D,Main,4\n");
  EXPECT_EQ(report.rows, 2U);
  EXPECT_EQ(report.bad_lines, 2U);
  EXPECT_EQ(complaints(report),
            (std::vector<std::string>{"3: quantity must be an integer from 0 to 1000000000000",
                                      "4: has a quote that is never closed"}));
  EXPECT_EQ(item(shop, "D").levels[0].on_hand, 4);
}

TEST_F(ImportTest, a_warehouse_that_is_missing_is_made_only_when_told) {
  const auto report = try_import(shop, "sku,warehouse,quantity\nA,Main,1\n", RowFormat::csv, false).value();
  EXPECT_EQ(complaints(report), (std::vector<std::string>{"2: warehouse \"Main\" does not exist"}));
  EXPECT_EQ(report.rows, 0U);
}

TEST_F(ImportTest, a_line_of_a_later_batch_is_told_by_its_own_number) {
  std::string file = "sku,warehouse,quantity\n";
  for (int i = 0; i < 2500; ++i) file += "S" + std::to_string(i) + ",Main,1\n";
  import(shop, file);
  file += "LAST,Nowhere,1\n";
  const auto report = try_import(shop, file, RowFormat::csv, false).value();
  EXPECT_EQ(report.rows, 2500U);
  EXPECT_EQ(complaints(report), (std::vector<std::string>{"2502: warehouse \"Nowhere\" does not exist"}));
}

TEST_F(ImportTest, a_hundred_bad_lines_are_told_and_all_are_counted) {
  std::string file = "sku\n";
  for (int i = 0; i < 1000; ++i) file += "bulk\n";
  const auto report = import(shop, file);
  EXPECT_EQ(report.bad_lines, 1000U);
  EXPECT_EQ(report.first_bad_lines.size(), bad_lines_reported_max);
}

TEST_F(ImportTest, lines_that_contradict_each_other_would_never_come_to_rest_and_are_refused) {
  const auto report = import(shop,
                             "sku,title,safety_stock,warehouse,quantity\n"
                             "A,Apple,1,Main,1\n"
                             "A,Apple,1,Main,2\n"
                             "A,Pear,1,Other,1\n"
                             "A,Apple,2,Third,1\n");
  EXPECT_EQ(complaints(report),
            (std::vector<std::string>{"3: the same SKU and warehouse stand on line 2 already",
                                      "4: title is not what line 2 says of the same SKU",
                                      "5: safety_stock is not what line 2 says of the same SKU"}));
  EXPECT_EQ(item(shop, "A").levels.size(), 1U);
  EXPECT_EQ(item(shop, "A").levels[0].on_hand, 1);
}

TEST_F(ImportTest, settings_need_to_stand_on_the_first_line_of_a_sku_only) {
  const auto report = import(shop,
                             "sku,title,low_threshold,warehouse,quantity\n"
                             "A,Apple,9,Berlin,1\nA,,,Paris,2\n");
  EXPECT_EQ(report.bad_lines, 0U);
  EXPECT_EQ(item(shop, "A").title, "Apple");
  EXPECT_EQ(item(shop, "A").low_threshold, domain::Threshold(9));
}

TEST_F(ImportTest, an_empty_title_and_an_empty_threshold_take_away_what_was_there) {
  import(shop, "sku,title,low_threshold\nA,Apple,9\n");
  import(shop, "sku,title,low_threshold\nA,,\n");
  EXPECT_EQ(item(shop, "A").title, "");
  EXPECT_TRUE(item(shop, "A").low_threshold.is_default());
  import(shop, "sku,safety_stock\nA,4\n");
  import(shop, "sku,safety_stock\nA,\n");
  EXPECT_EQ(item(shop, "A").safety_stock, 4);
}

TEST_F(ImportTest, a_source_that_breaks_off_fails_the_import_and_keeps_what_was_done) {
  int calls = 0;
  const auto report = import_stock(
      store(), {.tenant = shop, .actor = "import", .format = RowFormat::ndjson, .create_warehouses = true},
      [&](std::string& buffer) -> domain::Result<bool> {
        if (++calls > 1) return domain::fail(domain::ErrorCode::unavailable, "gone");
        for (int i = 0; i < 1000; ++i) buffer += "{\"sku\":\"S" + std::to_string(i) + "\"}\n";
        return true;
      },
      {});
  ASSERT_FALSE(report.has_value());
  EXPECT_EQ(report.error().message, "gone");
  EXPECT_EQ(item(shop, "S999").version, 1U);
}

}  // namespace
}  // namespace nexus::service
