// Every filter's page and total are those of a plain sorted list, whatever was put in and taken out.

#include "store/embedded/item_index.hpp"

#include <map>
#include <set>

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

namespace nexus::store::embedded {
namespace {

using domain::Status;
using domain::WarehouseNumber;

struct Plain {
  Status status;
  std::set<WarehouseNumber> warehouses;
};

std::vector<domain::Level> levels_of(const Plain& item) {
  std::vector<domain::Level> levels;
  for (const auto warehouse : item.warehouses) levels.push_back({.warehouse = warehouse});
  return levels;
}

Plain any_item() {
  Plain item{.status = static_cast<Status>(*rc::gen::inRange(0, 4)), .warehouses = {}};
  for (WarehouseNumber warehouse = 0; warehouse < 3; ++warehouse) {
    if (*rc::gen::arbitrary<bool>()) item.warehouses.insert(warehouse);
  }
  return item;
}

std::vector<std::string> walk(const ItemIndex& index, const ItemTable& table, StatusSet statuses,
                              std::optional<WarehouseNumber> warehouse, const std::string& after) {
  std::vector<std::string> skus;
  MergedItems items(index.select(statuses, warehouse), table, after);
  while (const auto slot = items.next()) skus.push_back(table[*slot].item.sku);
  return skus;
}

RC_GTEST_PROP(ItemIndexTest, every_filter_finds_what_a_plain_list_finds, ()) {
  ItemTable table;
  ItemIndex index(table);
  std::map<std::string, Plain> model;
  const auto steps = *rc::gen::inRange(1, 60);
  for (int step = 0; step < steps; ++step) {
    const auto sku = "S" + std::to_string(*rc::gen::inRange(0, 30));
    const auto found = table.find(sku);
    const auto slot = found ? *found : table.add(sku);
    if (const auto old = model.find(sku); old != model.end()) {
      index.erase(slot, old->second.status, levels_of(old->second));
      model.erase(old);
    } else {
      const auto item = any_item();
      index.insert(slot, item.status, levels_of(item));
      model.emplace(sku, item);
    }
  }
  RC_ASSERT(index.size() == model.size());

  StatusSet statuses;
  for (int status = 0; status < 4; ++status) {
    if (*rc::gen::arbitrary<bool>()) statuses.add(static_cast<Status>(status));
  }
  std::optional<WarehouseNumber> warehouse;
  if (*rc::gen::arbitrary<bool>()) warehouse = *rc::gen::inRange<WarehouseNumber>(0, 4);
  const auto after = *rc::gen::element<std::string>("", "S1", "S15", "S2x", "Z");

  std::vector<std::string> expected;
  std::size_t total = 0;
  for (const auto& [sku, item] : model) {
    if (!statuses.contains(item.status) || (warehouse && !item.warehouses.contains(*warehouse))) continue;
    ++total;
    if (sku > after) expected.push_back(sku);
  }
  RC_ASSERT(walk(index, table, statuses, warehouse, after) == expected);
  std::size_t counted = 0;
  for (const auto* set : index.select(statuses, warehouse)) counted += set->size();
  RC_ASSERT(counted == total);
}

TEST(ItemIndexTest, appended_in_order_is_as_inserted) {
  ItemTable table;
  ItemIndex appended(table);
  ItemIndex inserted(table);
  for (int i = 0; i < 1000; ++i) {
    const auto slot = table.add("SKU-" + std::to_string(10'000 + i));
    const auto status = static_cast<Status>(i % 4);
    const std::vector<domain::Level> levels{{.warehouse = static_cast<WarehouseNumber>(i % 3)}};
    appended.append(slot, status, levels);
    inserted.insert(slot, status, levels);
  }
  EXPECT_EQ(walk(appended, table, {}, 1, ""), walk(inserted, table, {}, 1, ""));
  EXPECT_EQ(walk(appended, table, {}, {}, "").size(), 1000U);
}

}  // namespace
}  // namespace nexus::store::embedded
