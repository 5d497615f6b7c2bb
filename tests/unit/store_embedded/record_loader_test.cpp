// Records are loaded as they are, whatever the parts are in which that is done.

#include "store/embedded/record_loader.hpp"

#include <algorithm>
#include <map>
#include <memory>
#include <stdexcept>

#include <fmt/format.h>
#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include "store/embedded/keys.hpp"
#include "store/embedded/record_codec.hpp"
#include "support/manual_clock.hpp"
#include "support/temporary_folder.hpp"

namespace nexus::store::embedded {
namespace {

domain::TenantId tenant(std::uint64_t number) {
  return domain::TenantId{{.high = number, .low = number}};
}

// Tenants with items by SKU, each stamped with a number of its own.
using Items = std::map<domain::TenantId, std::map<std::string, Stamped<domain::Item>>>;

class RecordLoader {
 public:
  RecordLoader() : database_(open()) {}

  Database& database() { return *database_; }

  void write(const std::map<std::string, std::string>& records, Family family = Family::items) {
    std::vector<SortedRun> runs;
    runs.push_back(database_->start_run(family));
    for (const auto& [key, value] : records) runs.back().put(key, value);
    const auto status = database_->ingest(std::move(runs));
    if (!status.ok()) throw std::runtime_error(status.ToString());
  }

  void write(const Items& items) {
    std::map<std::string, std::string> records;
    for (const auto& [id, by_sku] : items) {
      for (const auto& [sku, record] : by_sku) {
        records[keys::item_record(id, sku)] = encode_record(record.value, record.stamp);
      }
    }
    write(records);
  }

 private:
  std::unique_ptr<Database> open() {
    auto opened = Database::open({.directory = folder_.path()}, clock_);
    if (!opened) throw std::runtime_error(opened.error().message);
    return std::move(*opened);
  }

  test::TemporaryFolder folder_;
  test::ManualClock clock_;
  std::unique_ptr<Database> database_;
};

Items any_items() {
  Items items;
  std::uint64_t stamp = 0;
  const auto tenants = *rc::gen::inRange<std::uint64_t>(0, 4);
  for (std::uint64_t number = 0; number < tenants; ++number) {
    auto& by_sku = items[tenant(number)];
    // More than one chunk of the slab has.
    const auto count = *rc::gen::oneOf(rc::gen::inRange(0, 4), rc::gen::inRange(200, 600));
    for (int i = 0; i < count; ++i) {
      const auto sku = fmt::format("SKU-{:03}", i);
      domain::Item item{.sku = sku, .title = "a title of " + sku, .version = 1};
      item.levels.push_back({.warehouse = 0, .on_hand = i});
      by_sku[sku] = {.stamp = ++stamp, .value = std::move(item)};
    }
  }
  return items;
}

// Keys of what is there and of what is not, ascending.
std::vector<std::string> any_splits() {
  std::vector<std::string> splits;
  const auto count = *rc::gen::inRange(0, 4);
  for (int i = 0; i < count; ++i) {
    const auto of = tenant(*rc::gen::inRange<std::uint64_t>(0, 5));
    splits.push_back(keys::item_record(of, fmt::format("SKU-{:03}", *rc::gen::inRange(0, 610))));
  }
  std::ranges::sort(splits);
  return splits;
}

RC_GTEST_PROP(RecordLoaderTest, items_are_the_same_in_whatever_parts_they_are_loaded, ()) {
  RecordLoader store;
  const auto items = any_items();
  store.write(items);

  State state;
  const auto mark = *rc::gen::inRange<std::uint64_t>(0, 600);
  const auto loaded = load_records(store.database(), state, mark, any_splits(), {});
  RC_ASSERT(loaded.has_value());

  for (const auto& [id, by_sku] : items) {
    if (by_sku.empty()) continue;
    const auto* found = state.find(id);
    RC_ASSERT(found != nullptr);
    RC_ASSERT(found->items.size() == by_sku.size());
    const auto& of_tenant = loaded->items.at(id);
    RC_ASSERT(of_tenant.in_order.size() == by_sku.size());
    auto slot = of_tenant.in_order.begin();
    for (const auto& [sku, record] : by_sku) {
      RC_ASSERT(found->items[*slot].item == record.value);
      RC_ASSERT(found->items.find(sku) == *slot);
      RC_ASSERT(of_tenant.stamp(*slot) == (record.stamp > mark ? record.stamp : 0));
      ++slot;
    }
  }
}

TEST(RecordLoaderTest, a_damaged_item_is_named_whichever_part_it_is_in) {
  for (const auto* damaged : {"SKU-1", "SKU-3"}) {
    RecordLoader store;
    std::map<std::string, std::string> records;
    for (const auto* sku : {"SKU-1", "SKU-2", "SKU-3"}) {
      records[keys::item_record(tenant(1), sku)] = encode_record(domain::Item{.sku = sku}, 1);
    }
    records[keys::item_record(tenant(1), damaged)].push_back('!');
    store.write(records);

    State state;
    const auto loaded =
        load_records(store.database(), state, 0, {keys::item_record(tenant(1), "SKU-2")}, Progress());
    ASSERT_FALSE(loaded);
    EXPECT_EQ(loaded.error().code, domain::ErrorCode::unavailable);
    EXPECT_NE(loaded.error().message.find("is damaged"), std::string::npos) << loaded.error().message;
  }
}

TEST(RecordLoaderTest, what_is_no_kind_of_record_is_damage) {
  for (const auto family : {Family::records, Family::items}) {
    for (const auto* kind : {"A", "Z"}) {
      RecordLoader store;
      store.write({{kind + std::string(keys::id_size, 'x'), "?"}}, family);
      State state;
      EXPECT_FALSE(load_records(store.database(), state, 0, {}, Progress()));
    }
  }
}

TEST(RecordLoaderTest, an_item_among_other_records_is_damage_and_so_are_they_among_items) {
  for (const auto& [key, family] : {std::pair(keys::item_record(tenant(1), "A"), Family::records),
                                    std::pair(keys::tenant_record(tenant(1)), Family::items)}) {
    RecordLoader store;
    store.write({{key, encode_record(domain::Item{.sku = "A"}, 1)}}, family);
    State state;
    EXPECT_FALSE(load_records(store.database(), state, 0, {}, Progress()));
  }
}

TEST(RecordLoaderTest, many_items_are_split_into_parts_of_about_one_size) {
  constexpr std::size_t count = 80'000;
  RecordLoader store;
  Items items;
  // The first tenant has next to nothing: the split is among the items of the second.
  items[tenant(1)]["A"] = {.stamp = 1, .value = {.sku = "A"}};
  auto& by_sku = items[tenant(2)];
  for (std::size_t i = 0; i < count; ++i) {
    const auto sku = fmt::format("SKU-{:06}", i);
    by_sku[sku] = {.stamp = 1,
                   .value = {.sku = sku, .title = fmt::format("{:x}", i * 0x9E3779B97F4A7C15ULL)}};
  }
  store.write(items);

  const auto splits = split_items(store.database(), 2);
  ASSERT_TRUE(splits);
  ASSERT_EQ(splits->size(), 1U);
  const auto before = std::ranges::count_if(
      by_sku, [&](const auto& item) { return keys::item_record(tenant(2), item.first) < splits->front(); });
  EXPECT_GT(before, count / 3);
  EXPECT_LT(before, count * 2 / 3);
}

TEST(RecordLoaderTest, few_items_are_one_part) {
  RecordLoader store;
  store.write(Items{{tenant(1), {{"A", {.stamp = 1, .value = {.sku = "A"}}}}}});
  const auto splits = split_items(store.database(), 8);
  ASSERT_TRUE(splits);
  EXPECT_TRUE(splits->empty());
}

}  // namespace
}  // namespace nexus::store::embedded
