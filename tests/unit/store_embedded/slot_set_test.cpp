// A set of slots is a sorted list of their SKUs, whatever the SKUs look like and however much was taken out.

#include "store/embedded/slot_set.hpp"

#include <algorithm>
#include <map>
#include <random>
#include <set>
#include <span>
#include <string>
#include <vector>

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

namespace nexus::store::embedded {
namespace {

std::vector<std::string> skus_from(SlotSet::const_iterator at, const SlotSet& set, const ItemTable& table) {
  std::vector<std::string> skus;
  for (; at != set.end(); ++at) skus.push_back(table[*at].item.sku);
  return skus;
}

std::vector<std::string> names_from(std::map<std::string, SlotId>::const_iterator at,
                                    const std::map<std::string, SlotId>& model) {
  std::vector<std::string> skus;
  for (; at != model.end(); ++at) skus.push_back(at->first);
  return skus;
}

using MakeSku = std::string (*)(std::uint32_t);

std::string numbered(std::uint32_t number) {
  return "SKU-" + std::to_string(1'000'000 + number);
}
// Of several families, some with a beginning longer than a node keeps.
std::string of_families(std::uint32_t number) {
  static const std::vector<std::string> families = {
      "",        "A", "SKU-", "a very long beginning that all of them share ", "\xff\xff\xff\xff\xff\xff",
      "\xc3\xbc"};
  return families[number % families.size()] + std::to_string(number / 7);
}
// Differ in zeros at the end, and in the bytes that order signs wrongly.
std::string of_odd_bytes(std::uint32_t number) {
  std::string sku = number % 2 == 0 ? "X" : "";
  for (auto rest = number; rest != 0; rest /= 5) sku += "\0\x01\x7f\x80\xff"[rest % 5];
  return sku;
}

// Items of 20,000 numbers, as many as have SKUs of their own.
std::map<std::string, SlotId> add_many(ItemTable& table, MakeSku make) {
  std::map<std::string, SlotId> added;
  for (std::uint32_t number = 0; number < 20'000; ++number) {
    const auto sku = make(number);
    if (!table.find(sku)) added.emplace(sku, table.add(sku));
  }
  return added;
}

struct Shape {
  const char* name;
  MakeSku make;
};

class SlotSetTest : public testing::TestWithParam<Shape> {};

INSTANTIATE_TEST_SUITE_P(Skus, SlotSetTest,
                         testing::Values(Shape{"numbered", numbered}, Shape{"of_families", of_families},
                                         Shape{"of_odd_bytes", of_odd_bytes}),
                         [](const auto& of) { return of.param.name; });

// Grows to thousands, shrinks to nothing, and grows again, in random order.
TEST_P(SlotSetTest, is_the_sorted_list_while_it_grows_and_shrinks) {
  ItemTable table;
  SlotSet set(table);
  std::map<std::string, SlotId> model;
  std::mt19937 random(7);
  for (const auto& [steps, inserts_of_ten] : {std::pair(30'000, 8), {30'000, 2}, {40'000, 1}, {20'000, 9}}) {
    for (int step = 0; step < steps; ++step) {
      const auto sku = GetParam().make(random() % 20'000);
      const auto known = table.find(sku);
      const auto slot = known ? *known : table.add(sku);
      const bool inserts = random() % 10 < static_cast<unsigned>(inserts_of_ten);
      const auto there = model.find(sku);
      if (there == model.end() && inserts) {
        set.insert(slot);
        model.emplace(sku, slot);
      } else if (there != model.end() && !inserts) {
        set.erase(slot);
        model.erase(there);
      }
    }
    ASSERT_EQ(set.size(), model.size());
    ASSERT_EQ(skus_from(set.begin(), set, table), names_from(model.begin(), model));
    for (int look = 0; look < 50; ++look) {
      const auto after = GetParam().make(random() % 30'000);
      ASSERT_EQ(skus_from(set.upper_bound(after), set, table), names_from(model.upper_bound(after), model));
    }
  }
  while (!model.empty()) {
    set.erase(model.begin()->second);
    model.erase(model.begin());
  }
  EXPECT_TRUE(set.empty());
  EXPECT_EQ(set.begin(), set.end());
}

TEST_P(SlotSetTest, what_is_appended_can_be_taken_out_and_put_back) {
  ItemTable table;
  const auto model = add_many(table, GetParam().make);
  SlotSet set(table);
  for (const auto& [sku, slot] : model) set.append(slot);
  EXPECT_EQ(skus_from(set.begin(), set, table), names_from(model.begin(), model));
  for (const auto& [sku, slot] : model) {
    set.erase(slot);
    set.insert(slot);
  }
  EXPECT_EQ(skus_from(set.begin(), set, table), names_from(model.begin(), model));
}

TEST_P(SlotSetTest, many_at_once_are_as_one_after_the_other) {
  ItemTable table;
  auto model = add_many(table, GetParam().make);
  std::vector<SlotId> order;
  for (const auto& [sku, slot] : model) order.push_back(slot);
  std::mt19937 random(5);
  std::shuffle(order.begin(), order.end(), random);
  SlotSet set(table);
  set.insert(order);
  EXPECT_EQ(skus_from(set.begin(), set, table), names_from(model.begin(), model));

  // Most of them, so that the tree shrinks, and then all that is left.
  const auto few = order.size() / 50;
  const auto going = std::span<const SlotId>(order).subspan(few);
  set.erase(going);
  for (const auto slot : going) model.erase(table[slot].item.sku);
  EXPECT_EQ(set.size(), few);
  EXPECT_EQ(skus_from(set.begin(), set, table), names_from(model.begin(), model));
  set.erase(std::span<const SlotId>(order).first(few));
  EXPECT_TRUE(set.empty());
  set.insert(going);
  EXPECT_EQ(set.size(), going.size());
}

RC_GTEST_PROP(SlotSetOfAnySkusTest, any_skus_are_in_the_order_of_their_bytes,
              (const std::set<std::string>& skus)) {
  ItemTable table;
  SlotSet set(table);
  std::map<std::string, SlotId> model;
  for (const auto& sku : skus) model.emplace(sku, table.add(sku));
  std::vector<SlotId> order(skus.size());
  for (SlotId slot = 0; slot < order.size(); ++slot) order[slot] = slot;
  std::shuffle(order.begin(), order.end(), std::mt19937(3));
  for (const auto slot : order) set.insert(slot);
  RC_ASSERT(skus_from(set.begin(), set, table) == names_from(model.begin(), model));
  for (const auto& sku : skus) {
    RC_ASSERT(skus_from(set.upper_bound(sku), set, table) == names_from(model.upper_bound(sku), model));
  }
}

}  // namespace
}  // namespace nexus::store::embedded
