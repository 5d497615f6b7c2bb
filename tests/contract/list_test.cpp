// The list of items: every filter, every page, against a scan that anyone can check.

#include <algorithm>
#include <array>

#include "contract/contract_test.hpp"

namespace nexus::contract {
namespace {

class ListTest : public ContractTest {
 protected:
  store::ItemQuery with_statuses(std::initializer_list<Status> statuses) {
    store::ItemQuery query;
    for (const auto status : statuses) query.statuses.add(status);
    return query;
  }

  // Pages through the query and returns all that it saw.
  std::vector<std::string> walk(store::ItemQuery query, std::uint64_t expected_total) {
    std::vector<std::string> seen;
    for (;;) {
      const auto page = list(query).value();
      EXPECT_EQ(page.total, expected_total);
      EXPECT_LE(page.skus.size(), query.limit);
      seen.insert(seen.end(), page.skus.begin(), page.skus.end());
      EXPECT_EQ(page.has_more, seen.size() < expected_total);
      if (!page.has_more || page.skus.empty()) return seen;
      EXPECT_EQ(page.skus.size(), query.limit);
      query.after = page.skus.back();
    }
  }
};

TEST_F(ListTest, an_empty_tenant_lists_nothing) {
  EXPECT_EQ(list({}).value(), Listed{});
}

TEST_F(ListTest, items_stand_in_the_order_of_their_bytes) {
  for (const auto* sku :
       {"b", "a", "B", "A/1", "A", "\xC3\xA4", "\xF0\x9F\x93\xA6", "\xEF\xBF\xBD", "10", "9", "a b"})
    make_item(sku);
  const std::vector<std::string> expected{
      "10", "9", "A", "A/1", "B", "a", "a b", "b", "\xC3\xA4", "\xEF\xBF\xBD", "\xF0\x9F\x93\xA6"};
  EXPECT_EQ(list({}).value().skus, expected);
}

TEST_F(ListTest, a_page_begins_behind_the_one_before_even_when_that_item_is_gone) {
  for (const auto* sku : {"a", "b", "c", "d"}) make_item(sku);
  EXPECT_EQ(list({.limit = 2}).value(), (Listed{{"a", "b"}, 4, true}));
  execute(DeleteItem{.sku = "b", .if_match = {}}).value();
  EXPECT_EQ(list({.after = "b", .limit = 2}).value(), (Listed{{"c", "d"}, 3, false}));
  EXPECT_EQ(list({.after = "zzz", .limit = 2}).value(), (Listed{{}, 3, false}));
}

TEST_F(ListTest, some_skus_by_name_each_once_and_only_those_that_exist) {
  for (const auto* sku : {"a", "b", "c"}) make_item(sku);
  EXPECT_EQ(list({.skus = {"c", "a", "nothing", "c"}}).value(), (Listed{{"a", "c"}, 2, false}));
  EXPECT_EQ(list({.skus = {"c", "a", "b"}, .after = "a", .limit = 1}).value(), (Listed{{"b"}, 3, true}));
  EXPECT_EQ(list({.skus = {"nothing"}}).value(), Listed{});
}

TEST_F(ListTest, a_status_filter_follows_each_write) {
  const auto berlin = make_warehouse("Berlin");
  make_item("a", 10);
  const auto status_is = [&](Status status) {
    for (const auto each : {Status::normal, Status::low, Status::critical, Status::out_of_stock}) {
      EXPECT_EQ(list(with_statuses({each})).value().total, each == status ? 1U : 0U) << name(each);
    }
  };
  status_is(Status::out_of_stock);
  put("a", berlin, 10).value();
  status_is(Status::out_of_stock);
  put("a", berlin, 11).value();
  status_is(Status::critical);
  put("a", berlin, 20).value();
  status_is(Status::critical);
  put("a", berlin, 21).value();
  status_is(Status::low);
  put("a", berlin, 30).value();
  status_is(Status::low);
  put("a", berlin, 31).value();
  status_is(Status::normal);
  execute(ChangeItem{.sku = "a", .low_threshold = Threshold{50}}).value();
  status_is(Status::low);
  hold("order", {{.sku = "a", .quantity = 21}}).value();
  status_is(Status::out_of_stock);
  EXPECT_EQ(list(with_statuses({Status::out_of_stock, Status::normal})).value().total, 1U);
}

TEST_F(ListTest, closing_a_warehouse_changes_the_status_of_what_stands_in_it) {
  const auto berlin = make_warehouse("Berlin");
  make_item("a");
  make_item("b");
  put("a", berlin, 5).value();
  EXPECT_EQ(list(with_statuses({Status::normal})).value().skus, (std::vector<std::string>{"a"}));
  activate(berlin, false).value();
  EXPECT_EQ(list(with_statuses({Status::normal})).value().total, 0U);
  EXPECT_EQ(list(with_statuses({Status::out_of_stock})).value().total, 2U);
  activate(berlin, true).value();
  EXPECT_EQ(list(with_statuses({Status::normal})).value().skus, (std::vector<std::string>{"a"}));
}

TEST_F(ListTest, an_unknown_warehouse_is_refused_and_another_tenants_is_unknown) {
  EXPECT_EQ(verdict(list({.warehouse = WarehouseId{}})), "WAREHOUSE_NOT_FOUND");
  const auto ours = WarehouseId::parse(make_warehouse("Berlin")).value();
  EXPECT_EQ(verdict(list({.warehouse = ours})), "done");
  tenant_ = make_tenant("other");
  EXPECT_EQ(verdict(list({.warehouse = ours})), "WAREHOUSE_NOT_FOUND");
}

TEST_F(ListTest, every_filter_and_page_size_agrees_with_a_scan) {
  const std::array warehouses{make_warehouse("Berlin"), make_warehouse("Ulm"), make_warehouse("Empty")};
  struct Expected {
    std::string sku;
    Quantity quantity;
    std::size_t warehouse;
  };
  std::vector<Expected> all;
  for (int i = 0; i < 60; ++i) {
    // With a safety stock of 10: 5 is out of stock, 15 critical, 25 low, 35 normal.
    Expected one{"sku-" + std::to_string(i * 7919 % 1000), 5 + 10 * (i % 4), static_cast<std::size_t>(i % 2)};
    make_item(one.sku, 10);
    put(one.sku, warehouses[one.warehouse], one.quantity).value();
    all.push_back(one);
  }
  std::ranges::sort(all, {}, &Expected::sku);
  constexpr std::array by_quantity{Status::out_of_stock, Status::critical, Status::low, Status::normal};
  for (unsigned statuses = 0; statuses < 16; ++statuses) {
    for (std::size_t warehouse = 0; warehouse < 4; ++warehouse) {
      store::ItemQuery query;
      for (unsigned bit = 0; bit < 4; ++bit) {
        if ((statuses >> bit) % 2 != 0) query.statuses.add(by_quantity[bit]);
      }
      if (warehouse < 3) query.warehouse = WarehouseId::parse(warehouses[warehouse]);
      std::vector<std::string> expected;
      for (const auto& one : all) {
        const auto status = static_cast<unsigned>(one.quantity / 10);
        if (statuses != 0 && (statuses >> status) % 2 == 0) continue;
        if (warehouse < 3 && one.warehouse != warehouse) continue;
        expected.push_back(one.sku);
      }
      for (const std::size_t limit : {1, 7, 60, 200}) {
        query.limit = limit;
        EXPECT_EQ(walk(query, expected.size()), expected)
            << "statuses " << statuses << " warehouse " << warehouse << " limit " << limit;
      }
    }
  }
}

TEST_F(ListTest, a_walk_sees_everything_that_exists_throughout_once_whatever_is_written_meanwhile) {
  for (int i = 100; i < 200; i += 2) make_item("sku-" + std::to_string(i));
  store::ItemQuery query{.limit = 3};
  std::vector<std::string> seen;
  for (int round = 0;; ++round) {
    const auto page = list(query).value();
    for (const auto& sku : page.skus) {
      if ((sku.back() - '0') % 2 == 0) seen.push_back(sku);
    }
    if (!page.has_more) break;
    query.after = page.skus.back();
    make_item("sku-" + std::to_string(101 + 2 * round));
  }
  ASSERT_EQ(seen.size(), 50U);
  EXPECT_TRUE(std::ranges::is_sorted(seen));
  EXPECT_EQ(std::ranges::adjacent_find(seen), seen.end());
}

}  // namespace
}  // namespace nexus::contract
