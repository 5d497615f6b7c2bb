// Items are found by their SKUs, one by one and many together.

#include "store/embedded/item_table.hpp"

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <gtest/gtest.h>

namespace nexus::store::embedded {

namespace {

// So many that some SKUs which are not there have the hash of one that is.
constexpr std::uint32_t many = 100'000;

std::vector<std::string> skus_from(std::uint32_t first) {
  std::vector<std::string> skus;
  for (std::uint32_t i = 0; i < many; ++i) skus.push_back("SKU-" + std::to_string(first + i));
  return skus;
}

TEST(ItemTableTest, skus_of_any_bytes_are_found_and_no_others) {
  ItemTable table;
  const std::vector<std::string> skus = {"A", "a", "A ", "ü", "\xff\xfe", std::string("A\0B", 3), ""};
  for (const auto& sku : skus) table.add(sku);
  for (SlotId slot = 0; slot < skus.size(); ++slot) EXPECT_EQ(table.find(skus[slot]), slot);
  EXPECT_FALSE(table.find("B"));
  EXPECT_FALSE(table.find(std::string("A\0", 2)));
}

TEST(ItemTableTest, items_stay_where_they_are_while_it_grows) {
  ItemTable table;
  const auto first = table.add("first");
  const domain::Item* item = &table[first].item;
  for (int i = 0; i < 100'000; ++i) table.add("SKU-" + std::to_string(i));
  EXPECT_EQ(&table[first].item, item);
  EXPECT_EQ(table.find("SKU-99999"), 100'000U);
}

TEST(ItemTableTest, many_are_found_as_each_by_itself) {
  ItemTable table;
  const auto there = skus_from(0);
  const auto missing = skus_from(many);
  for (const auto& sku : there) table.add(sku);
  const std::vector<std::string_view> known(there.begin(), there.end());
  const std::vector<std::string_view> unknown(missing.begin(), missing.end());

  const auto found = table.find_all(known);
  const auto not_found = table.find_all(unknown);

  ASSERT_EQ(found.size(), many);
  for (std::uint32_t i = 0; i < many; ++i) ASSERT_EQ(found[i], std::optional(i)) << known[i];
  ASSERT_EQ(not_found.size(), many);
  for (std::uint32_t i = 0; i < many; ++i) ASSERT_EQ(not_found[i], std::nullopt) << unknown[i];
}

TEST(ItemTableTest, in_an_empty_table_none_is_found) {
  const std::vector<std::string_view> skus = {"A", "B"};
  EXPECT_EQ(ItemTable().find_all(skus), std::vector<std::optional<SlotId>>(2));
}

}  // namespace

}  // namespace nexus::store::embedded
