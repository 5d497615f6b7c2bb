// Changing what stands somewhere: set, added, expected, in bulk, by the marketplace.

#include "unit/domain/world.hpp"

namespace nexus::domain {
namespace {

class LevelsTest : public World, public ::testing::Test {
 protected:
  LevelsTest() {
    make_item("A");
    make_item("B");
  }

  std::string own_ = make_warehouse("own");
  std::string other_ = make_warehouse("other");
  std::string fba_ = make_warehouse("FBA", WarehouseType::fba);
};

TEST_F(LevelsTest, setting_records_from_what_to_what) {
  put("A", own_, 450).value();
  now = now.plus_ms(5);
  const auto done = update({.sku = "A",
                            .warehouse_id = own_,
                            .quantity = 500,
                            .reason = "supplier_receipt",
                            .note = "PO-2026-0312 received"});
  ASSERT_TRUE(done);
  ASSERT_EQ(done->events.size(), 1U);
  const auto& line = adjustment(*done, 0);
  EXPECT_EQ(line.sku, "A");
  EXPECT_EQ(line.warehouse, 0U);
  EXPECT_EQ(line.before, 450);
  EXPECT_EQ(line.after, 500);
  EXPECT_EQ(line.version, 3U);
  EXPECT_EQ(line.reason, "supplier_receipt");
  EXPECT_EQ(line.note, "PO-2026-0312 received");
  const auto& record = std::get<RecordOutcome>(done->outcome);
  EXPECT_EQ(record.adjustment, 0U);
  EXPECT_EQ(record.item, item("A"));
  EXPECT_EQ(item("A").updated_at, now);
  EXPECT_EQ(level("A", 0).updated_at, now);
  EXPECT_EQ(item("A").version, 3U);
}

TEST_F(LevelsTest, a_change_without_a_reason_is_an_adjustment_by_hand_and_without_a_note_has_none) {
  const auto done = put("A", own_, 1);
  ASSERT_TRUE(done);
  EXPECT_EQ(adjustment(*done, 0).reason, "manual_adjustment");
  EXPECT_FALSE(adjustment(*done, 0).note);
}

TEST_F(LevelsTest, a_known_sku_without_a_level_there_gets_one_in_the_order_of_the_warehouses) {
  put("A", other_, 1).value();
  put("A", own_, 0).value();
  ASSERT_EQ(item("A").levels.size(), 2U);
  EXPECT_EQ(item("A").levels[0].warehouse, 0U);
  EXPECT_EQ(item("A").levels[1].warehouse, 1U);
}

TEST_F(LevelsTest, setting_what_stands_already_is_a_count_that_took_place) {
  put("A", own_, 5).value();
  const auto again = put("A", own_, 5);
  ASSERT_TRUE(again);
  EXPECT_EQ(adjustment(*again, 0).before, 5);
  EXPECT_EQ(item("A").version, 3U);
}

TEST_F(LevelsTest, nothing_falls_below_zero_or_rises_above_the_limit) {
  EXPECT_EQ(verdict(put("A", own_, -1)), "NEGATIVE_QUANTITY");
  EXPECT_EQ(verdict(put("A", own_, quantity_max + 1)), "QUANTITY_TOO_LARGE");
  EXPECT_EQ(verdict(put("A", own_, INT64_MIN)), "NEGATIVE_QUANTITY");
  EXPECT_EQ(verdict(put("A", own_, INT64_MAX)), "QUANTITY_TOO_LARGE");
  EXPECT_EQ(verdict(change("A", own_, -1)), "NEGATIVE_QUANTITY");
  EXPECT_EQ(verdict(put("A", own_, quantity_max)), "done");
  EXPECT_EQ(verdict(change("A", own_, 1)), "QUANTITY_TOO_LARGE");
  EXPECT_EQ(verdict(change("A", own_, INT64_MAX)), "QUANTITY_TOO_LARGE");
  EXPECT_EQ(verdict(change("A", own_, INT64_MIN)), "NEGATIVE_QUANTITY");
  EXPECT_EQ(verdict(change("A", own_, -quantity_max)), "done");
  EXPECT_EQ(level("A", 0).on_hand, 0);
}

TEST_F(LevelsTest, a_refused_number_is_explained_with_its_place_and_what_stands_there_only_where_it_counts) {
  put("A", own_, 7).value();
  const auto place = "SKU \"A\" in warehouse \"" + own_ + "\" would have ";
  EXPECT_EQ(change("A", own_, -9).error().message, place + "fewer than 0 on hand: 7 stand there");
  EXPECT_EQ(put("A", own_, -2).error().message, place + "fewer than 0 on hand");
  EXPECT_EQ(put("A", own_, quantity_max + 1).error().message,
            place + "more than the limit of 1000000000000 on hand");
  EXPECT_EQ(sync("A", fba_, 1, -1).error().message,
            "update 0: SKU \"A\" in warehouse \"" + fba_ + "\" would have fewer than 0 reserved");
}

TEST_F(LevelsTest, an_expected_quantity_is_compared_first_and_a_mismatch_says_both_numbers) {
  put("A", own_, 5).value();
  const auto refused = update({.sku = "A", .warehouse_id = own_, .quantity = 9, .expected_quantity = 4});
  ASSERT_EQ(verdict(refused), "QUANTITY_CHANGED");
  const auto& mismatch = std::get<QuantityMismatch>(refused.error().details);
  EXPECT_EQ(mismatch.expected, 4);
  EXPECT_EQ(mismatch.actual, 5);
  EXPECT_TRUE(update({.sku = "A", .warehouse_id = own_, .quantity = 9, .expected_quantity = 5}));
  EXPECT_TRUE(update({.sku = "A", .warehouse_id = other_, .quantity = 9, .expected_quantity = 0}));
}

TEST_F(LevelsTest, a_record_that_has_moved_on_is_refused_with_its_version) {
  const auto refused = update({.sku = "A", .warehouse_id = own_, .quantity = 1}, {{2, 3}});
  ASSERT_EQ(verdict(refused), "PRECONDITION_FAILED");
  EXPECT_EQ(std::get<VersionMismatch>(refused.error().details).actual, 1U);
  EXPECT_EQ(verdict(update({.sku = "A", .warehouse_id = own_, .quantity = 1}, std::vector<std::uint64_t>{})),
            "PRECONDITION_FAILED");
  EXPECT_EQ(verdict(update({.sku = "A", .warehouse_id = own_, .quantity = 1}, {{2, 1}})), "done");
}

TEST_F(LevelsTest, warehouses_of_all_types_take_what_is_theirs) {
  const auto third_party = make_warehouse("3PL", WarehouseType::third_party);
  const auto fbs = make_warehouse("FBS", WarehouseType::fbs);
  EXPECT_EQ(verdict(put("A", third_party, 1)), "done");
  EXPECT_EQ(verdict(put("A", fba_, 1)), "READONLY_WAREHOUSE");
  EXPECT_EQ(verdict(put("A", fbs, 1)), "READONLY_WAREHOUSE");
  EXPECT_EQ(verdict(sync("A", third_party, 1, 0)), "WAREHOUSE_NOT_READONLY");
  EXPECT_EQ(verdict(sync("A", own_, 1, 0)), "WAREHOUSE_NOT_READONLY");
  EXPECT_EQ(verdict(sync("A", fba_, 1, 0)), "done");
  EXPECT_EQ(verdict(sync("A", fbs, 1, 0)), "done");
}

TEST_F(LevelsTest, an_inactive_warehouse_takes_nothing_until_it_is_active_again) {
  activate(own_, false).value();
  EXPECT_EQ(verdict(put("A", own_, 1)), "WAREHOUSE_INACTIVE");
  activate(own_, true).value();
  EXPECT_EQ(verdict(put("A", own_, 1)), "done");
}

TEST_F(LevelsTest, a_bulk_names_each_adjustment_with_the_version_that_it_made) {
  const auto done =
      run(UpdateLevels{.updates = {{.sku = "A", .warehouse_id = own_, .quantity = 1},
                                   {.sku = "B", .warehouse_id = own_, .quantity = 2},
                                   {.sku = "A", .warehouse_id = other_, .is_delta = true, .quantity = 3}},
                       .is_bulk = true,
                       .if_match = {}});
  ASSERT_TRUE(done);
  const auto& outcome = std::get<UpdatesOutcome>(done->outcome);
  EXPECT_EQ(outcome.updated, 3U);
  ASSERT_EQ(outcome.results.size(), 3U);
  for (std::size_t i = 0; i < 3; ++i) EXPECT_EQ(std::get<std::size_t>(outcome.results[i]), i);
  EXPECT_EQ(adjustment(*done, 0).version, 2U);
  EXPECT_EQ(adjustment(*done, 1).version, 2U);
  EXPECT_EQ(adjustment(*done, 2).version, 3U);
}

TEST_F(LevelsTest, an_atomic_bulk_lists_every_update_that_cannot_be_applied_even_for_what_came_before_it) {
  const auto refused =
      run(UpdateLevels{.updates = {{.sku = "A", .warehouse_id = own_, .quantity = 5},
                                   {.sku = "A", .warehouse_id = own_, .is_delta = true, .quantity = -6},
                                   {.sku = "A", .warehouse_id = own_, .is_delta = true, .quantity = -5},
                                   {.sku = "A", .warehouse_id = own_, .quantity = 1, .expected_quantity = 5},
                                   {.sku = "C", .warehouse_id = "nowhere", .quantity = 1}},
                       .is_bulk = true,
                       .if_match = {}});
  ASSERT_EQ(verdict(refused), "NEGATIVE_QUANTITY");
  EXPECT_EQ(refused.error().message.substr(0, 9), "update 1:");
  const auto& errors = std::get<std::vector<UpdateError>>(refused.error().details);
  ASSERT_EQ(errors.size(), 3U);
  EXPECT_EQ(errors[0].index, 1U);
  EXPECT_EQ(errors[0].code, ErrorCode::negative_quantity);
  EXPECT_EQ(errors[1].index, 3U);
  EXPECT_EQ(errors[1].code, ErrorCode::quantity_changed);
  EXPECT_EQ(errors[2].index, 4U);
  EXPECT_EQ(errors[2].code, ErrorCode::inventory_not_found);
  EXPECT_EQ(errors[2].sku, "C");
  EXPECT_EQ(errors[2].warehouse_id, "nowhere");
  EXPECT_TRUE(item("A").levels.empty());
}

TEST_F(LevelsTest, a_warehouse_that_no_one_has_is_refused_by_what_the_caller_wrote) {
  const auto unknown = WarehouseId{{.high = 1, .low = WarehouseId::parse(own_)->value.low}}.text();
  const auto nobodys = WarehouseId().text();
  for (const std::string& written : {unknown, nobodys, std::string("nowhere"), std::string()}) {
    // After one that is there, and that a look at the lowest bits alone would take it for.
    const auto refused = run(UpdateLevels{.updates = {{.sku = "A", .warehouse_id = own_, .quantity = 5},
                                                      {.sku = "A", .warehouse_id = written, .quantity = 5}},
                                          .is_bulk = true,
                                          .if_match = {}});
    ASSERT_EQ(verdict(refused), "WAREHOUSE_NOT_FOUND") << written;
    const auto& errors = std::get<std::vector<UpdateError>>(refused.error().details);
    ASSERT_EQ(errors.size(), 1U);
    EXPECT_EQ(errors[0].warehouse_id, written);
    EXPECT_EQ(errors[0].message, "warehouse \"" + written + "\" does not exist");
  }
}

TEST_F(LevelsTest, a_sync_says_on_hand_and_reserved_and_makes_one_adjustment_a_row) {
  const auto done = sync("A", fba_, 137, 5);
  ASSERT_TRUE(done);
  EXPECT_EQ(level("A", 2).on_hand, 137);
  EXPECT_EQ(level("A", 2).reserved, 5);
  const auto index = std::get<std::size_t>(std::get<UpdatesOutcome>(done->outcome).results[0]);
  EXPECT_EQ(adjustment(*done, index).reason, "marketplace_sync");
  EXPECT_EQ(adjustment(*done, index).version, item("A").version);
  sync("A", fba_, 0, 0).value();
  EXPECT_EQ(level("A", 2).reserved, 0);
  EXPECT_EQ(verdict(sync("A", fba_, 1, -1)), "NEGATIVE_QUANTITY");
  EXPECT_EQ(verdict(sync("A", fba_, quantity_max + 1, 0)), "QUANTITY_TOO_LARGE");
  EXPECT_EQ(verdict(sync("A", fba_, 0, quantity_max + 1)), "QUANTITY_TOO_LARGE");
}

TEST_F(LevelsTest, a_sync_is_all_or_none_unless_partial) {
  SyncLevels rows{{{.sku = "A", .warehouse_id = fba_, .on_hand = 1, .reserved = 0},
                   {.sku = "A", .warehouse_id = own_, .on_hand = 1, .reserved = 0},
                   {.sku = "B", .warehouse_id = fba_, .on_hand = 2, .reserved = 1}}};
  EXPECT_EQ(verdict(run(rows)), "WAREHOUSE_NOT_READONLY");
  EXPECT_TRUE(item("A").levels.empty());
  rows.mode = BulkMode::partial;
  const auto done = run(rows);
  ASSERT_TRUE(done);
  EXPECT_EQ(std::get<UpdatesOutcome>(done->outcome).updated, 2U);
  EXPECT_EQ(level("B", 2).on_hand, 2);
}

}  // namespace
}  // namespace nexus::domain
