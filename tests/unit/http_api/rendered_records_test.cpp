// A record that is read again and again is written out once, and everyone sees what the record is now.

#include "http/api/rendered_records.hpp"

#include <cstdint>
#include <random>
#include <string>
#include <vector>

#include <gtest/gtest.h>

namespace nexus::http {
namespace {

const domain::Warehouses one_warehouse = {{.id = {domain::Ulid{.high = 1, .low = 1}},
                                           .name = "Warehouse A",
                                           .type = domain::WarehouseType::own,
                                           .address = std::nullopt,
                                           .marketplace = std::nullopt}};

constexpr domain::TenantId ours{{.high = 1, .low = 1}};
constexpr domain::TenantId theirs{{.high = 1, .low = 2}};

domain::Item item_of(std::string sku, domain::Quantity on_hand = 10, std::uint64_t version = 1) {
  domain::Item item{.sku = std::move(sku), .title = "Blue Widget", .version = version};
  item.levels = {{.warehouse = 0, .on_hand = on_hand}};
  return item;
}

std::string written_anew(const domain::Item& item, RecordForm form) {
  std::string out;
  {
    JsonText json(out);
    append_record(json, item, one_warehouse, form);
  }
  return out;
}

class RenderedRecordsTest : public testing::Test {
 protected:
  std::string read(const domain::Item& item, domain::TenantId tenant = ours,
                   RecordForm form = RecordForm::list) {
    std::string out = "before ";
    {
      JsonText json(out);
      records.append(json, tenant, item, one_warehouse, form);
    }
    return out.substr(std::string_view("before ").size());
  }
  void read_often(const domain::Item& item) {
    for (int i = 0; i < 3; ++i) EXPECT_EQ(read(item), written_anew(item, RecordForm::list));
  }

  RenderedRecords records;
};

TEST_F(RenderedRecordsTest, a_record_that_is_read_again_is_written_out_no_more) {
  read_often(item_of("SKU-001"));
  EXPECT_EQ(records.reused(), 1);
  read_often(item_of("SKU-001"));
  EXPECT_EQ(records.reused(), 4);
}

TEST_F(RenderedRecordsTest, a_changed_record_is_shown_as_it_is_now) {
  read_often(item_of("SKU-001", 10, 1));
  read_often(item_of("SKU-001", 9, 2));
  EXPECT_EQ(records.reused(), 3)
      << "of the second version the first reading is kept: it had been asked for before";
}

TEST_F(RenderedRecordsTest, a_version_that_a_failover_lost_is_not_taken_for_its_successor) {
  read_often(item_of("SKU-001", 10, 2));
  domain::Item after = item_of("SKU-001", 9, 2);
  after.updated_at = after.updated_at.plus_ms(1);
  EXPECT_EQ(read(after), written_anew(after, RecordForm::list));
}

// Of so many some share their place with the one that is kept.
constexpr std::uint64_t enough_to_share_a_place = 10 * RenderedRecords::places;

TEST_F(RenderedRecordsTest, another_tenants_record_of_the_same_sku_and_version_is_another) {
  read_often(item_of("SKU-001", 10));
  const domain::Item other = item_of("SKU-001", 77);
  const std::string others = written_anew(other, RecordForm::list);
  for (std::uint64_t low = 2; low < enough_to_share_a_place; ++low) {
    ASSERT_EQ(read(other, domain::TenantId{{.high = 1, .low = low}}), others) << "tenant " << low;
  }
}

TEST_F(RenderedRecordsTest, a_list_and_a_single_record_have_each_their_own_form) {
  const domain::Item item = item_of("SKU-001");
  read_often(item);
  for (int i = 0; i < 3; ++i) {
    EXPECT_EQ(read(item, ours, RecordForm::detail), written_anew(item, RecordForm::detail));
  }
}

// Where records of one page push each other out, it is written anew in part by everyone who asks.
TEST(RenderedPagesTest, hardly_a_tenant_has_a_page_that_is_not_kept_whole) {
  constexpr int tenants = 300;
  constexpr int page = 50;
  for (const std::string start : {"SKU-00001", "B0-4711-X-", "Widget blue, size "}) {
    int kept_whole = 0;
    for (std::uint64_t tenant = 1; tenant <= tenants; ++tenant) {
      RenderedRecords records;
      for (int reading = 0; reading < 3; ++reading) {
        for (int number = 0; number < page; ++number) {
          std::string out;
          JsonText json(out);
          records.append(json, {{.high = 1'000'000 * tenant, .low = tenant}},
                         item_of(start + std::to_string(100 + number)), one_warehouse, RecordForm::list);
        }
      }
      if (records.reused() == page) ++kept_whole;
    }
    EXPECT_GE(kept_whole, tenants * 95 / 100) << start;
  }
}

TEST_F(RenderedRecordsTest, walking_through_all_records_pushes_out_nothing_that_is_read_again) {
  const domain::Item hot = item_of("HOT-001");
  read_often(hot);
  for (int i = 0; i < 20'000; ++i) {
    const domain::Item item = item_of("WALK-" + std::to_string(i));
    ASSERT_EQ(read(item), written_anew(item, RecordForm::list));
  }
  const auto before = records.reused();
  read_often(hot);
  EXPECT_EQ(records.reused(), before + 3);
}

TEST_F(RenderedRecordsTest, a_record_too_long_to_keep_is_written_anew_each_time) {
  domain::Item item = item_of("SKU-001");
  item.title = std::string(RenderedRecords::record_bytes_max, 'x');
  read_often(item);
  EXPECT_EQ(records.reused(), 0);
}

// Few SKUs that look alike, both tenants and forms, versions that come and go: whatever was read before, what
// is shown is what would be written anew.
TEST_F(RenderedRecordsTest, whatever_was_read_before_a_record_is_shown_as_it_is) {
  std::mt19937 dice(2611);
  const std::vector<std::string> skus = {"",
                                         "A",
                                         "AB",
                                         "SAME-BEGINNING-1-SAME-END",
                                         "12345678",
                                         "123456789",
                                         "SAME-BEGINNING-2-SAME-END",
                                         "SAME\"ESC",
                                         "Ü-UMLAUT-1"};
  for (int i = 0; i < 50'000; ++i) {
    const auto version = 1 + dice() % 3;
    domain::Item item = item_of(skus[dice() % skus.size()], static_cast<domain::Quantity>(version), version);
    const auto tenant = dice() % 2 == 0 ? ours : theirs;
    if (tenant == theirs) item.title = "Theirs";
    const auto form = dice() % 2 == 0 ? RecordForm::list : RecordForm::detail;
    ASSERT_EQ(read(item, tenant, form), written_anew(item, form)) << "reading " << i;
  }
  EXPECT_GT(records.reused(), 10'000);
}

}  // namespace
}  // namespace nexus::http
