// What a command does, and what it leaves when it is refused.

#include "contract/contract_test.hpp"

namespace nexus::contract {
namespace {

class ExecuteTest : public ContractTest {};

TEST_F(ExecuteTest, what_was_put_is_what_stands_there) {
  const auto berlin = make_warehouse("Berlin");
  make_item("SKU-001");
  const auto done = put("SKU-001", berlin, 500);
  ASSERT_TRUE(done);
  EXPECT_EQ(on_hand("SKU-001", berlin), 500);
  EXPECT_EQ(std::get<RecordOutcome>(done->outcome).item, item("SKU-001"));
}

TEST_F(ExecuteTest, the_answer_names_the_adjustment_that_the_history_shows) {
  const auto berlin = make_warehouse("Berlin");
  make_item("SKU-001");
  const auto done = put("SKU-001", berlin, 500);
  ASSERT_TRUE(done);
  const auto index = std::get<RecordOutcome>(done->outcome).adjustment;
  ASSERT_TRUE(index);
  const auto lines = history("SKU-001");
  ASSERT_TRUE(lines);
  ASSERT_EQ(lines->size(), 1U);
  EXPECT_EQ(lines->front().id, done->commit->adjustment_id(*index).text());
  EXPECT_EQ(lines->front().sequence, done->commit->sequence + *index);
  EXPECT_EQ(lines->front().created_by, "ada@example.com");
  EXPECT_EQ(lines->front().at, clock_.now());
}

TEST_F(ExecuteTest, a_delta_is_added_to_what_the_write_before_left) {
  const auto berlin = make_warehouse("Berlin");
  make_item("SKU-001");
  put("SKU-001", berlin, 10).value();
  change("SKU-001", berlin, 5).value();
  change("SKU-001", berlin, -12).value();
  EXPECT_EQ(on_hand("SKU-001", berlin), 3);
}

TEST_F(ExecuteTest, a_refused_command_leaves_no_trace) {
  const auto berlin = make_warehouse("Berlin");
  make_item("SKU-001");
  put("SKU-001", berlin, 10).value();
  const auto before = item("SKU-001");
  EXPECT_EQ(verdict(change("SKU-001", berlin, -11)), "NEGATIVE_QUANTITY");
  EXPECT_EQ(verdict(put("SKU-002", berlin, 1)), "INVENTORY_NOT_FOUND");
  EXPECT_EQ(verdict(put("SKU-001", "wh_nowhere", 1)), "WAREHOUSE_NOT_FOUND");
  EXPECT_EQ(item("SKU-001"), before);
  EXPECT_FALSE(item("SKU-002"));
  EXPECT_EQ(history("SKU-001")->size(), 1U);
}

TEST_F(ExecuteTest, a_refusal_uses_no_sequence_number) {
  const auto berlin = make_warehouse("Berlin");
  make_item("SKU-001");
  const auto first = put("SKU-001", berlin, 10).value().commit->sequence;
  EXPECT_FALSE(change("SKU-001", berlin, -11));
  EXPECT_EQ(put("SKU-001", berlin, 11).value().commit->sequence, first + 1);
}

TEST_F(ExecuteTest, a_change_that_changes_nothing_makes_no_event) {
  make_item("SKU-001", 5);
  const auto before = item("SKU-001");
  const auto done = execute(ChangeItem{.sku = "SKU-001", .safety_stock = 5});
  ASSERT_TRUE(done);
  EXPECT_TRUE(done->commit->events.empty());
  EXPECT_EQ(item("SKU-001"), before);
}

TEST_F(ExecuteTest, times_never_run_backwards_even_when_the_clock_does) {
  const auto berlin = make_warehouse("Berlin");
  make_item("SKU-001");
  const auto first = put("SKU-001", berlin, 1).value().commit->at;
  clock_.advance_seconds(-3600);
  EXPECT_GE(put("SKU-001", berlin, 2).value().commit->at, first);
}

TEST_F(ExecuteTest, renaming_a_warehouse_gives_each_record_in_it_a_new_version) {
  const auto berlin = make_warehouse("Berlin");
  const auto ulm = make_warehouse("Ulm");
  make_item("in-both");
  make_item("in-ulm");
  put("in-both", berlin, 1).value();
  put("in-both", ulm, 1).value();
  put("in-ulm", ulm, 1).value();
  const auto both = item("in-both")->version;
  const auto other = item("in-ulm")->version;
  clock_.advance_seconds(60);
  execute(ChangeWarehouse{.id = berlin, .name = "Berlin Mitte"}).value();
  EXPECT_EQ(item("in-both")->version, both + 1);
  EXPECT_EQ(item("in-both")->updated_at, clock_.now());
  EXPECT_EQ(item("in-ulm")->version, other);
  EXPECT_EQ(wait(store_->warehouses(tenant_))->at(0).name, "Berlin Mitte");
  EXPECT_EQ(put("in-both", berlin, 2).value().commit->events.size(), 1U);
  EXPECT_EQ(item("in-both")->version, both + 2);
}

TEST_F(ExecuteTest, a_deleted_sku_is_unknown_and_its_version_and_history_go_on_when_made_again) {
  const auto berlin = make_warehouse("Berlin");
  make_item("SKU-001", 5);
  put("SKU-001", berlin, 3).value();
  EXPECT_EQ(verdict(execute(DeleteItem{.sku = "SKU-001", .if_match = {}})), "INVENTORY_NOT_EMPTY");
  put("SKU-001", berlin, 0).value();
  const auto version = item("SKU-001")->version;
  ASSERT_TRUE(execute(DeleteItem{.sku = "SKU-001", .if_match = {}}));
  EXPECT_FALSE(item("SKU-001"));
  EXPECT_EQ(verdict(history("SKU-001")), "INVENTORY_NOT_FOUND");
  EXPECT_EQ(verdict(put("SKU-001", berlin, 1)), "INVENTORY_NOT_FOUND");
  EXPECT_EQ(list({})->total, 0U);

  make_item("SKU-001");
  EXPECT_EQ(item("SKU-001")->version, version + 2);
  EXPECT_EQ(item("SKU-001")->safety_stock, 0);
  EXPECT_TRUE(item("SKU-001")->levels.empty());
  EXPECT_EQ(history("SKU-001")->size(), 2U);
}

TEST_F(ExecuteTest, an_import_makes_what_is_missing_and_the_same_file_again_changes_nothing) {
  const ImportRows rows{.rows = {{.sku = "A", .title = "Anvil", .warehouse = "Berlin", .quantity = 4},
                                 {.sku = "A", .title = "Anvil", .warehouse = "Ulm", .quantity = 0},
                                 {.sku = "B", .safety_stock = 2}},
                        .create_warehouses = true};
  const auto first = std::get<ImportOutcome>(execute(rows).value().outcome);
  EXPECT_EQ(first.items_created, 2U);
  EXPECT_EQ(first.warehouses_created, 2U);
  EXPECT_EQ(first.levels_adjusted, 2U);
  EXPECT_TRUE(first.errors.empty());
  EXPECT_EQ(item("A")->levels.size(), 2U);
  const auto before = item("A");
  const auto again = execute(rows).value();
  EXPECT_TRUE(again.commit->events.empty());
  EXPECT_EQ(std::get<ImportOutcome>(again.outcome).rows_unchanged, 3U);
  EXPECT_EQ(item("A"), before);
}

TEST_F(ExecuteTest, a_marketplace_says_what_stands_in_its_own_warehouse) {
  const auto fba = make_warehouse("FBA EU", WarehouseType::fba);
  make_item("SKU-001");
  EXPECT_EQ(verdict(put("SKU-001", fba, 1)), "READONLY_WAREHOUSE");
  ASSERT_TRUE(sync("SKU-001", fba, 137, 5));
  EXPECT_EQ(on_hand("SKU-001", fba), 137);
  EXPECT_EQ(reserved("SKU-001", fba), 5);
  const auto lines = history("SKU-001").value();
  ASSERT_EQ(lines.size(), 1U);
  EXPECT_EQ(lines[0].reason, "marketplace_sync");
  EXPECT_EQ(lines[0].version, item("SKU-001")->version);
}

}  // namespace
}  // namespace nexus::contract
