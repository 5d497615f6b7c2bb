// The JSON of records, to the letter of the reference.

#include "http/api/record_json.hpp"

#include <cstdint>
#include <limits>
#include <memory>
#include <string>

#include <gtest/gtest.h>

namespace nexus::http {
namespace {

const domain::Warehouses warehouses = {{.id = {domain::Ulid{.high = 1, .low = 1}},
                                        .name = "Warehouse A",
                                        .type = domain::WarehouseType::own,
                                        .address = "Industriestraße 1, 12345 Berlin, DE",
                                        .marketplace = std::nullopt},
                                       {.id = {domain::Ulid{.high = 1, .low = 2}},
                                        .name = "FBA EU",
                                        .type = domain::WarehouseType::fba,
                                        .address = std::nullopt,
                                        .marketplace = "amazon_eu"}};

domain::Item reference_item() {
  domain::Item item{.sku = "SKU-001", .title = "Blue Widget 500ml", .safety_stock = 15, .version = 7};
  item.levels = {{.warehouse = 0, .on_hand = 350, .reserved = 18},
                 {.warehouse = 1, .on_hand = 137, .reserved = 5}};
  return item;
}

std::string record(const domain::Item& item, RecordForm form) {
  std::string out;
  {
    JsonText json(out);
    append_record(json, item, warehouses, form);
  }
  return out;
}

TEST(RecordJson, the_references_record) {
  const std::string out = record(reference_item(), RecordForm::list);
  EXPECT_EQ(
      out,
      R"({"sku":"SKU-001","title":"Blue Widget 500ml","total_on_hand":487,"total_reserved":23,)"
      R"("total_available":449,"safety_stock":15,"status":"normal","warehouses":[)"
      R"({"warehouse_id":"wh_0000000000000G000000000001","name":"Warehouse A","on_hand":350,"reserved":18,"available":317},)"
      R"({"warehouse_id":"wh_0000000000000G000000000002","name":"FBA EU","on_hand":137,"reserved":5,"available":132,"type":"FBA"}]})");
}

TEST(RecordJson, a_single_record_adds_thresholds_version_and_times) {
  const std::string out = record(reference_item(), RecordForm::detail);
  EXPECT_NE(
      out.find(
          R"("low_threshold":30,"critical_threshold":15,"version":7,"updated_at":"1970-01-01T00:00:00.000Z"})"),
      std::string::npos)
      << out;
}

TEST(RecordJson, warehouses_leave_out_what_does_not_apply) {
  std::string out;
  append_warehouse(*std::make_unique<JsonText>(out), warehouses[0]);
  out += '\n';
  append_warehouse(*std::make_unique<JsonText>(out), warehouses[1]);
  EXPECT_EQ(
      out,
      R"({"id":"wh_0000000000000G000000000001","name":"Warehouse A","address":"Industriestraße 1, 12345 Berlin, DE","type":"own","is_active":true})"
      "\n"
      R"({"id":"wh_0000000000000G000000000002","name":"FBA EU","type":"FBA","marketplace":"amazon_eu","is_active":true,"is_readonly":true})");
}

TEST(RecordJson, a_warehouse_has_the_name_that_it_has_now) {
  domain::Warehouses renamed = warehouses;
  renamed[0].name = "Warehouse B";
  domain::Warehouses others = warehouses;
  for (auto& warehouse : others) warehouse.id.value.low += 64;
  others[0].name = "Elsewhere";
  for (const auto& tenants : {warehouses, renamed, others, warehouses}) {
    std::string out;
    {
      JsonText json(out);
      append_record(json, reference_item(), tenants, RecordForm::list);
    }
    for (const auto& warehouse : tenants) {
      const auto text = R"("warehouse_id":")" + warehouse.id.text() + R"(","name":")" + warehouse.name + '"';
      EXPECT_NE(out.find(text), std::string::npos) << out;
    }
  }
}

TEST(RecordJson, the_longest_numbers_and_texts_have_room) {
  constexpr auto lowest = std::numeric_limits<domain::Quantity>::min() / 4;
  const std::string text(200, '\x01');
  domain::Item item{.sku = text, .title = text, .safety_stock = lowest, .version = ~std::uint64_t{0}};
  item.levels = {{.warehouse = 0, .on_hand = lowest, .reserved = lowest},
                 {.warehouse = 1, .on_hand = lowest, .reserved = -lowest}};
  const std::string out = record(item, RecordForm::detail);
  EXPECT_NE(out.find(R"("version":18446744073709551615)"), std::string::npos) << out;

  const store::Adjustment adjustment{.id = {domain::Ulid{.high = ~std::uint64_t{0}, .low = 0}},
                                     .sku = text,
                                     .before = lowest,
                                     .after = -lowest,
                                     .version = ~std::uint64_t{0},
                                     .reason = text,
                                     .note = text,
                                     .created_by = text};
  std::string line;
  append_adjustment(*std::make_unique<JsonText>(line), adjustment, warehouses, AdjustmentForm::applied);
  EXPECT_TRUE(line.ends_with(R"("version":18446744073709551615})")) << line;
}

TEST(RecordJson, texts_are_escaped_and_nothing_else) {
  domain::Item item{.sku = "a\"b\\c/ü", .title = "line\nbreak\ttab\x01"};
  const std::string out = record(item, RecordForm::list);
  EXPECT_TRUE(out.starts_with(R"({"sku":"a\"b\\c/ü","title":"line\nbreak\ttab\u0001",)")) << out;
}

TEST(JsonText, escapes_at_every_place_of_a_word_and_grows) {
  for (std::size_t place = 0; place < 40; ++place) {
    for (const auto& [plain, escaped] :
         std::vector<std::pair<std::string, std::string>>{{"\"", "\\\""},
                                                          {"\\", "\\\\"},
                                                          {std::string(1, '\0'), "\\u0000"},
                                                          {"\x1f", "\\u001f"},
                                                          {"\x7f", "\x7f"},
                                                          {"\xc3\xbc", "\xc3\xbc"}}) {
      std::string text(40, 'x');
      std::string expected = "[\"" + text.substr(0, place) + escaped + text.substr(place) + "\"";
      text.insert(place, plain);
      std::string out = "[";
      JsonText(out).string(text);
      EXPECT_EQ(out, expected);
    }
  }
}

}  // namespace
}  // namespace nexus::http
