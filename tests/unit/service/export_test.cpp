// Export: what it writes, import reads, so that one into the other gives the same stock.

#include "service/host/export.hpp"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include "unit/service/host_world.hpp"

namespace nexus::service {
namespace {

struct ExportTest : ::testing::Test, test::HostWorld {
  domain::TenantId shop = make_tenant("shop");
  domain::TenantId copy = make_tenant("copy");
};

TEST_F(ExportTest, a_row_stands_for_each_level_and_for_each_item_that_has_none) {
  import(shop,
         "sku,title,safety_stock,low_threshold,critical_threshold,warehouse,quantity\n"
         "B,\"Say \"\"hi\"\", you\",5,20,,Main,3\nB,,,,,Second,0\nA,,,,0,,\n");
  EXPECT_EQ(export_text(shop),
            "sku,title,safety_stock,low_threshold,critical_threshold,warehouse,quantity\n"
            "A,,0,,0,,\n"
            "B,\"Say \"\"hi\"\", you\",5,20,,Main,3\n"
            "B,\"Say \"\"hi\"\", you\",5,20,,Second,0\n");
  EXPECT_EQ(export_text(shop, RowFormat::ndjson),
            R"({"sku":"A","title":"","safety_stock":0,"low_threshold":null,"critical_threshold":0,)"
            R"("warehouse":null,"quantity":null})"
            "\n"
            R"({"sku":"B","title":"Say \"hi\", you","safety_stock":5,"low_threshold":20,)"
            R"("critical_threshold":null,"warehouse":"Main","quantity":3})"
            "\n"
            R"({"sku":"B","title":"Say \"hi\", you","safety_stock":5,"low_threshold":20,)"
            R"("critical_threshold":null,"warehouse":"Second","quantity":0})"
            "\n");
}

TEST_F(ExportTest, of_a_tenant_without_items_there_is_the_header_alone) {
  EXPECT_EQ(export_text(shop),
            "sku,title,safety_stock,low_threshold,critical_threshold,warehouse,quantity\n");
  EXPECT_EQ(export_text(shop, RowFormat::ndjson), "");
}

TEST_F(ExportTest, a_spreadsheet_runs_none_of_its_cells) {
  for (const std::string sku : {"=1+1", "+1", "-1", "@x", "'=x"}) {
    execute(shop, domain::CreateItem{.sku = sku, .settings = {.title = "=" + sku}});
  }
  const auto text = export_text(shop);
  for (const std::string_view cell : {"\n=", "\n+", "\n-", "\n@", ",=", ",+", ",-", ",@"}) {
    EXPECT_EQ(text.find(cell), std::string::npos) << cell;
  }
  import(copy, text);
  EXPECT_EQ(item(copy, "'=x").title, "='=x");
  EXPECT_EQ(export_text(copy), text);
}

TEST_F(ExportTest, a_warehouse_goes_by_its_name_where_only_one_has_it_and_else_by_its_id) {
  const auto make = [&](std::string name) {
    return std::get<domain::Warehouse>(execute(shop, domain::CreateWarehouse{.name = std::move(name)}))
        .id.text();
  };
  const auto first = make("Twin");
  make("Only");
  const auto second = make("Twin");
  const auto disguised = make(first);
  import(shop,
         "sku,warehouse,quantity\nA," + first + ",1\nA,Only,2\nA," + second + ",3\nA," + disguised + ",4\n");
  const auto text = export_text(shop);
  for (const auto& cells : {first + ",1", std::string("Only,2"), second + ",3", disguised + ",4"}) {
    EXPECT_NE(text.find("," + cells + "\n"), std::string::npos) << cells << "\n" << text;
  }
  EXPECT_EQ(import(shop, text).rows_unchanged, 4U);
}

TEST_F(ExportTest, more_items_than_a_page_holds_are_all_there_in_order) {
  std::string file = "sku,title,safety_stock,low_threshold,critical_threshold,warehouse,quantity\n";
  for (int i = 1000; i < 1777; ++i) file += "S" + std::to_string(i) + ",,0,,,Main,1\n";
  import(shop, file);
  EXPECT_EQ(export_text(shop), file);
}

TEST_F(ExportTest, a_reader_that_has_gone_ends_it) {
  const auto report = export_stock(store(), shop, RowFormat::csv,
                                   [](std::string_view) -> domain::Result<void> {
                                     return domain::fail(domain::ErrorCode::unavailable, "gone");
                                   },
                                   {});
  ASSERT_FALSE(report.has_value());
  EXPECT_EQ(report.error().message, "gone");
}

rc::Gen<std::string> text_with_everything() {
  return rc::gen::container<std::string>(rc::gen::elementOf(std::string("aB1,\"'=+-@ {}[]:;\\/")));
}

// Random items in random warehouses, out of one tenant and into another one that has nothing.
RC_GTEST_PROP(ExportPropertyTest, one_into_the_other_gives_the_same_stock, ()) {
  test::HostWorld world;
  const auto shop = world.make_tenant("shop");
  const auto copy = world.make_tenant("copy");
  const auto items = *rc::gen::inRange(1, 20);
  for (int i = 0; i < items; ++i) {
    domain::ImportRows rows{.rows = {}, .create_warehouses = true};
    domain::ImportRow row{
        .sku = *rc::gen::nonEmpty(text_with_everything()),
        .title = *text_with_everything(),
        .safety_stock = *rc::gen::inRange<domain::Quantity>(0, 50),
        .low_threshold = domain::Threshold(*rc::gen::inRange<domain::Quantity>(-1, 50)),
        .critical_threshold = domain::Threshold(*rc::gen::inRange<domain::Quantity>(-1, 50))};
    if (row.sku.size() > 100) row.sku.resize(100);
    if (*rc::gen::arbitrary<bool>()) {
      row.warehouse = "W" + (*text_with_everything()).substr(0, 3);
      row.quantity = *rc::gen::inRange<domain::Quantity>(0, domain::quantity_max);
    }
    rows.rows.push_back(row);
    world.execute(shop, std::move(rows));
  }
  const auto format = *rc::gen::element(RowFormat::csv, RowFormat::ndjson);
  const auto text = world.export_text(shop, format);
  const auto report = world.import(copy, text, format);
  RC_ASSERT(report.bad_lines == 0U);
  RC_ASSERT(world.export_text(copy, format) == text);
  const auto again = world.import(shop, text, format);
  RC_ASSERT(again.rows_unchanged == again.rows);
}

}  // namespace
}  // namespace nexus::service
