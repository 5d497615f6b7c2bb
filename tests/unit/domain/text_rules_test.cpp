// What people may write: UTF-8, SKUs, reasons, titles.

#include "domain/text_rules.hpp"

#include <gtest/gtest.h>

#include "unicode/utf8.hpp"
// After GoogleTest, which it needs and does not include.
#include <rapidcheck/gtest.h>

namespace nexus::domain {
namespace {

TEST(TextRulesTest, characters_are_counted_whatever_their_bytes) {
  EXPECT_EQ(count_characters(""), 0U);
  EXPECT_EQ(count_characters("a\u00E4\u20AC\U0001F4E6b"), 5U);
}

RC_GTEST_PROP(TextRulesTest, any_utf8_has_at_most_a_character_a_byte, (const std::string& bytes)) {
  if (unicode::is_utf8(bytes)) RC_ASSERT(count_characters(bytes) <= bytes.size());
}

std::string field_of(const Result<void>& result) {
  if (result) return "fine";
  EXPECT_EQ(result.error().code, ErrorCode::validation_error);
  EXPECT_NE(result.error().message.find("sku"), std::string::npos);
  return std::get<Fact>(result.error().details).value;
}

TEST(SkuTest, anything_that_a_label_may_bear_is_a_sku) {
  for (const std::string& sku :
       {std::string("A"), std::string("SKU-001"), std::string("A/B"), std::string("a b"),
        std::string("\xC3\xA4\xE2\x82\xAC"), std::string("..."), std::string("Bulk"), std::string("bulk2"),
        std::string("%2F"), std::string("?x=1#y"), std::string("\xC2\xA0"), std::string(" "),
        std::string(128, 'x')}) {
    EXPECT_EQ(field_of(check_sku("sku", sku)), "fine") << sku;
  }
}

TEST(SkuTest, empty_long_malformed_and_taken_ones_are_refused) {
  for (const std::string& sku :
       {std::string(), std::string(129, 'x'), std::string("\xFF"), std::string("a\0b", 3), std::string("a\n"),
        std::string("\t"), std::string("\x7F"), std::string("\xC2\x80"), std::string("\xC2\x9F"),
        std::string("bulk"), std::string("sync"), std::string("warehouses"), std::string("."),
        std::string("..")}) {
    EXPECT_EQ(field_of(check_sku("sku", sku)), "sku") << sku;
  }
}

TEST(SkuTest, the_limit_counts_bytes) {
  std::string euros;
  for (int i = 0; i < 42; ++i) euros += "\xE2\x82\xAC";
  EXPECT_TRUE(check_sku("sku", euros + "ab"));
  EXPECT_FALSE(check_sku("sku", euros + "abc"));
}

TEST(ReasonTest, it_is_1_to_64_of_few_characters) {
  EXPECT_TRUE(check_reason("reason", "manual_adjustment"));
  EXPECT_TRUE(check_reason("reason", "0"));
  EXPECT_TRUE(check_reason("reason", std::string(64, 'a')));
  for (const std::string& reason :
       {std::string(), std::string(65, 'a'), std::string("Count"), std::string("a-b"), std::string("a b"),
        std::string("\xC3\xA4"), std::string("a\0", 2)}) {
    EXPECT_FALSE(check_reason("reason", reason)) << reason;
  }
}

TEST(TextTest, the_limits_count_characters) {
  std::string packages;
  for (int i = 0; i < 10; ++i) packages += "\xF0\x9F\x93\xA6";
  EXPECT_TRUE(check_text("title", packages, 0, 10));
  EXPECT_FALSE(check_text("title", packages + "x", 0, 10));
  EXPECT_TRUE(check_text("title", "", 0, 10));
  EXPECT_FALSE(check_text("title", "", 1, 10));
  EXPECT_FALSE(check_text("title", "\xFF", 0, 10));
}

TEST(TextTest, line_breaks_are_for_several_lines_only_and_other_control_characters_for_none) {
  EXPECT_TRUE(check_text("note", "a\r\n\tb", 0, 10, true));
  EXPECT_FALSE(check_text("note", "a\nb", 0, 10));
  EXPECT_FALSE(check_text("note", "a\tb", 0, 10));
  for (const std::string& text :
       {std::string("\0", 1), std::string("\x1B"), std::string("\x7F"), std::string("\xC2\x85")}) {
    EXPECT_FALSE(check_text("note", text, 0, 10, true));
    EXPECT_FALSE(check_text("note", text, 0, 10));
  }
}

TEST(StockSettingTest, it_is_from_0_to_the_limit) {
  EXPECT_TRUE(check_stock_setting("safety_stock", 0));
  EXPECT_TRUE(check_stock_setting("safety_stock", quantity_max));
  EXPECT_FALSE(check_stock_setting("safety_stock", -1));
  EXPECT_FALSE(check_stock_setting("safety_stock", quantity_max + 1));
}

}  // namespace
}  // namespace nexus::domain
