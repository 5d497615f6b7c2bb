// Several updates in one command: in their order, all or none, or what can be.

#include <map>
#include <string>
#include <utility>
#include <vector>

#include "contract/contract_test.hpp"

namespace nexus::contract {
namespace {

class BulkTest : public ContractTest {
 protected:
  BulkTest() : berlin_(make_warehouse("Berlin")), fba_(make_warehouse("FBA EU", WarehouseType::fba)) {
    make_item("A");
    make_item("B");
  }

  Result<Executed> bulk(std::vector<LevelUpdate> updates, BulkMode mode) {
    return execute(
        UpdateLevels{.updates = std::move(updates), .mode = mode, .is_bulk = true, .if_match = {}});
  }

  std::string berlin_;
  std::string fba_;
};

TEST_F(BulkTest, each_update_is_judged_on_what_the_ones_before_it_left) {
  const auto done = bulk({{.sku = "A", .warehouse_id = berlin_, .quantity = 10},
                          {.sku = "A", .warehouse_id = berlin_, .is_delta = true, .quantity = -4},
                          {.sku = "B", .warehouse_id = berlin_, .quantity = 1, .expected_quantity = 0},
                          {.sku = "A", .warehouse_id = berlin_, .quantity = 7, .expected_quantity = 6}},
                         BulkMode::atomic);
  ASSERT_TRUE(done);
  EXPECT_EQ(std::get<UpdatesOutcome>(done->outcome).updated, 4U);
  EXPECT_EQ(on_hand("A", berlin_), 7);
  EXPECT_EQ(on_hand("B", berlin_), 1);
  EXPECT_EQ(item("A")->version, 4U);
  const auto lines = history("A").value();
  ASSERT_EQ(lines.size(), 3U);
  EXPECT_EQ(lines[0].version, 4U);
  EXPECT_EQ(lines[2].version, 2U);
}

TEST_F(BulkTest, each_update_of_a_long_one_counts_for_its_sku_in_its_warehouse) {
  constexpr std::size_t skus = 150;
  std::vector<std::string> places;
  for (int number = 0; number < 12; ++number) places.push_back(make_warehouse("W" + std::to_string(number)));
  const auto name = [](std::size_t number) { return "SKU-" + std::to_string(number); };
  for (std::size_t number = 0; number < skus; ++number) make_item(name(number));
  std::vector<LevelUpdate> updates;
  std::map<std::pair<std::string, std::string>, Quantity> expected;
  for (std::size_t number = 0; number < skus; ++number) {
    const auto sku = name(number * 7 % skus);
    if (number % 40 == 3) updates.push_back({.sku = "unknown", .warehouse_id = places[0], .quantity = 1});
    // Some SKUs come twice in a row.
    for (std::size_t times = number % 5 == 0 ? 2 : 1; times > 0; --times) {
      const auto& place = places[updates.size() % places.size()];
      const auto quantity = static_cast<Quantity>(updates.size() + 1);
      updates.push_back({.sku = sku, .warehouse_id = place, .quantity = quantity});
      expected[{sku, place}] = quantity;
    }
  }
  ASSERT_TRUE(bulk(updates, BulkMode::partial));
  for (const auto& [where, quantity] : expected) {
    EXPECT_EQ(on_hand(where.first, where.second), quantity) << where.first;
  }
}

TEST_F(BulkTest, one_bad_update_of_an_atomic_bulk_refuses_all_and_names_every_bad_one) {
  const auto refused = bulk({{.sku = "A", .warehouse_id = berlin_, .quantity = 10},
                             {.sku = "A", .warehouse_id = fba_, .quantity = 1},
                             {.sku = "B", .warehouse_id = berlin_, .quantity = 3},
                             {.sku = "C", .warehouse_id = berlin_, .quantity = 3}},
                            BulkMode::atomic);
  ASSERT_EQ(verdict(refused), "READONLY_WAREHOUSE");
  const auto& errors = std::get<std::vector<UpdateError>>(refused.error().details);
  ASSERT_EQ(errors.size(), 2U);
  EXPECT_EQ(errors[0].index, 1U);
  EXPECT_EQ(errors[1].index, 3U);
  EXPECT_EQ(errors[1].code, ErrorCode::inventory_not_found);
  EXPECT_TRUE(item("A")->levels.empty());
  EXPECT_TRUE(item("B")->levels.empty());
  EXPECT_TRUE(history("A")->empty());
}

TEST_F(BulkTest, a_partial_bulk_applies_what_can_be_applied) {
  const auto done = bulk({{.sku = "A", .warehouse_id = berlin_, .quantity = 10},
                          {.sku = "A", .warehouse_id = berlin_, .is_delta = true, .quantity = -11},
                          {.sku = "A", .warehouse_id = berlin_, .is_delta = true, .quantity = -10}},
                         BulkMode::partial);
  ASSERT_TRUE(done);
  const auto& outcome = std::get<UpdatesOutcome>(done->outcome);
  EXPECT_EQ(outcome.updated, 2U);
  EXPECT_TRUE(std::holds_alternative<std::size_t>(outcome.results[0]));
  EXPECT_EQ(std::get<UpdateError>(outcome.results[1]).code, ErrorCode::negative_quantity);
  EXPECT_EQ(std::get<std::size_t>(outcome.results[2]), 1U);
  EXPECT_EQ(on_hand("A", berlin_), 0);
  EXPECT_EQ(history("A")->size(), 2U);
}

TEST_F(BulkTest, a_partial_bulk_of_which_nothing_can_be_applied_changes_nothing) {
  const auto done = bulk({{.sku = "C", .warehouse_id = berlin_, .quantity = 1}}, BulkMode::partial);
  ASSERT_TRUE(done);
  EXPECT_EQ(std::get<UpdatesOutcome>(done->outcome).updated, 0U);
  EXPECT_TRUE(done->commit->events.empty());
}

TEST_F(BulkTest, five_hundred_updates_are_one_commit) {
  std::vector<LevelUpdate> updates;
  for (Quantity i = 0; i < 500; ++i) {
    updates.push_back({.sku = i % 2 == 0 ? "A" : "B", .warehouse_id = berlin_, .quantity = i});
  }
  const auto done = bulk(updates, BulkMode::atomic);
  ASSERT_TRUE(done);
  EXPECT_EQ(done->commit->events.size(), 500U);
  EXPECT_EQ(on_hand("A", berlin_), 498);
  EXPECT_EQ(on_hand("B", berlin_), 499);
  EXPECT_EQ(history("A")->size(), 250U);
}

}  // namespace
}  // namespace nexus::contract
