// An import makes the stock as its rows say, and the same rows again change nothing.

#include "unit/domain/world.hpp"

namespace nexus::domain {
namespace {

class ImportTest : public World, public ::testing::Test {
 protected:
  ImportOutcome import(std::vector<ImportRow> rows, bool create_warehouses = false) {
    auto done = run(ImportRows{std::move(rows), create_warehouses});
    events_ = done.value().events.size();
    return std::get<ImportOutcome>(done->outcome);
  }

  std::size_t events_ = 0;
};

TEST_F(ImportTest, it_makes_items_warehouses_and_levels) {
  const std::vector<ImportRow> rows{
      {.sku = "A", .title = "Anvil", .safety_stock = 2, .warehouse = "Berlin", .quantity = 5},
      {.sku = "A", .title = "Anvil", .safety_stock = 2, .warehouse = "Ulm", .quantity = 0},
      {.sku = "B", .low_threshold = Threshold{7}, .warehouse = "Berlin", .quantity = 1},
      {.sku = "C"}};
  const auto outcome = import(rows, true);
  EXPECT_EQ(outcome.items_created, 3U);
  EXPECT_EQ(outcome.items_changed, 0U);
  EXPECT_EQ(outcome.warehouses_created, 2U);
  EXPECT_EQ(outcome.levels_adjusted, 3U);
  EXPECT_EQ(outcome.rows_unchanged, 0U);
  EXPECT_TRUE(outcome.errors.empty());
  EXPECT_EQ(state.warehouses()->at(1).name, "Ulm");
  EXPECT_EQ(state.warehouses()->at(1).type, WarehouseType::own);
  EXPECT_EQ(level("A", 0).on_hand, 5);
  EXPECT_NE(item("A").find_level(1), nullptr);
  EXPECT_EQ(item("B").effective_low_threshold(), 7);

  const auto again = import(rows, true);
  EXPECT_EQ(events_, 0U);
  EXPECT_EQ(again.rows_unchanged, 4U);
}

TEST_F(ImportTest, the_ids_of_what_one_import_makes_differ) {
  import({{.sku = "A", .warehouse = "x", .quantity = 1},
          {.sku = "A",
           .warehouse = "y",
           .quantity = 1 }},
         true);
  EXPECT_LT(state.warehouses()->at(0).id, state.warehouses()->at(1).id);
}

TEST_F(ImportTest, an_adjustment_says_that_it_was_imported) {
  const auto own = make_warehouse("own");
  make_item("A");
  put("A", own, 3).value();
  const auto done = run(ImportRows{{{.sku = "A", .warehouse = own, .quantity = 8}}, false});
  ASSERT_TRUE(done);
  EXPECT_EQ(adjustment(*done, 0).before, 3);
  EXPECT_EQ(adjustment(*done, 0).after, 8);
  EXPECT_EQ(adjustment(*done, 0).reason, "import");
}

TEST_F(ImportTest, only_what_a_row_says_is_changed) {
  make_item("A", {.title = "Anvil", .safety_stock = 4, .low_threshold = Threshold{9}});
  const auto outcome = import({{.sku = "A", .safety_stock = 5}});
  EXPECT_EQ(outcome.items_changed, 1U);
  EXPECT_EQ(item("A").title, "Anvil");
  EXPECT_EQ(item("A").safety_stock, 5);
  EXPECT_EQ(item("A").effective_low_threshold(), 9);
}

TEST_F(ImportTest, a_bad_row_is_named_and_the_others_go_in) {
  const auto closed = make_warehouse("closed");
  make_warehouse("twice");
  make_warehouse("twice");
  activate(closed, false).value();
  const auto outcome = import({{.sku = "A", .warehouse = "nowhere", .quantity = 1},
                               {.sku = "B", .warehouse = closed, .quantity = 1},
                               {.sku = "C", .warehouse = "twice", .quantity = 1},
                               {.sku = "D"}});
  ASSERT_EQ(outcome.errors.size(), 3U);
  for (std::size_t i = 0; i < 3; ++i) EXPECT_EQ(outcome.errors[i].index, i);
  EXPECT_EQ(outcome.items_created, 1U);
  EXPECT_EQ(state.find_item("A"), nullptr);
  EXPECT_EQ(state.find_item("B"), nullptr);
  EXPECT_NE(state.find_item("D"), nullptr);
}

TEST_F(ImportTest, a_warehouse_is_found_by_id_before_it_is_found_by_name) {
  const auto first = make_warehouse("first");
  make_warehouse(first);
  make_item("A");
  import({{.sku = "A", .warehouse = first, .quantity = 1 }});
  EXPECT_EQ(level("A", 0).on_hand, 1);
  EXPECT_EQ(level("A", 1).on_hand, 0);
}

TEST_F(ImportTest, what_a_marketplace_holds_may_be_imported_too) {
  const auto fba = make_warehouse("FBA", WarehouseType::fba);
  EXPECT_TRUE(import({{.sku = "A", .warehouse = fba, .quantity = 7}}).errors.empty());
  EXPECT_EQ(level("A", 0).on_hand, 7);
}

TEST_F(ImportTest, a_deleted_item_is_made_again) {
  make_item("A", {.title = "Anvil"});
  run(DeleteItem{.sku = "A"}).value();
  EXPECT_EQ(import({{.sku = "A"}}).items_created, 1U);
  EXPECT_EQ(item("A").title, "");
  EXPECT_EQ(item("A").version, 3U);
}

TEST_F(ImportTest, no_more_warehouses_are_made_than_a_tenant_may_have) {
  for (std::size_t i = 0; i < warehouses_max; ++i) make_warehouse("w");
  const auto outcome = import({{.sku = "A", .warehouse = "one too many", .quantity = 1}}, true);
  EXPECT_EQ(outcome.errors.size(), 1U);
  EXPECT_EQ(state.warehouses()->size(), warehouses_max);
}

}  // namespace
}  // namespace nexus::domain
