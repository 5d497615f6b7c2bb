// What is available of an item, in all and in each row, and what status follows from it.

#include "unit/domain/world.hpp"

namespace nexus::domain {
namespace {

using Rows = std::vector<Quantity>;

struct AvailabilityTest : World, ::testing::Test {};

TEST_F(AvailabilityTest, the_references_record_adds_up_as_the_reference_says) {
  const auto a = make_warehouse("Warehouse A");
  const auto fba = make_warehouse("FBA EU", WarehouseType::fba);
  make_item("SKU-001", {.title = "Blue Widget 500ml", .safety_stock = 15});
  put("SKU-001", a, 350).value();
  hold("order", {{.sku = "SKU-001", .quantity = 18}}).value();
  sync("SKU-001", fba, 137, 5).value();
  EXPECT_EQ(rows_of("SKU-001"), (Rows{317, 132}));
  EXPECT_EQ(totals_of("SKU-001").on_hand, 487);
  EXPECT_EQ(totals_of("SKU-001").reserved, 23);
  EXPECT_EQ(totals_of("SKU-001").available, 449);
  EXPECT_EQ(status("SKU-001"), Status::normal);
}

TEST_F(AvailabilityTest, an_item_that_stands_nowhere_has_nothing) {
  make_item("A");
  EXPECT_EQ(totals_of("A").available, 0);
  EXPECT_EQ(rows_of("A"), Rows{});
  EXPECT_EQ(status("A"), Status::out_of_stock);
}

TEST_F(AvailabilityTest, safety_stock_is_withheld_from_writable_rows_in_the_order_of_their_creation) {
  const auto fba = make_warehouse("FBA", WarehouseType::fba);
  const auto first = make_warehouse("first");
  const auto third_party = make_warehouse("second", WarehouseType::third_party);
  make_item("A", {.safety_stock = 15});
  sync("A", fba, 10, 0).value();
  put("A", first, 10).value();
  put("A", third_party, 10).value();
  EXPECT_EQ(rows_of("A"), (Rows{10, 0, 5}));
  EXPECT_EQ(totals_of("A").available, 15);
}

TEST_F(AvailabilityTest, what_writable_rows_cannot_give_is_withheld_from_readonly_ones) {
  const auto fba = make_warehouse("FBA", WarehouseType::fba);
  const auto own = make_warehouse("own");
  const auto fbs = make_warehouse("FBS", WarehouseType::fbs);
  make_item("A", {.safety_stock = 15});
  sync("A", fba, 10, 2).value();
  put("A", own, 3).value();
  sync("A", fbs, 10, 0).value();
  EXPECT_EQ(rows_of("A"), (Rows{0, 0, 6}));
  EXPECT_EQ(totals_of("A").available, 6);
}

TEST_F(AvailabilityTest, more_safety_stock_than_there_is_leaves_zero_and_never_less) {
  const auto own = make_warehouse("own");
  make_item("A", {.safety_stock = quantity_max});
  put("A", own, 3).value();
  EXPECT_EQ(rows_of("A"), Rows{0});
  EXPECT_EQ(totals_of("A").available, 0);
}

TEST_F(AvailabilityTest, a_deficit_in_one_warehouse_is_withheld_in_the_others) {
  const auto first = make_warehouse("first");
  const auto second = make_warehouse("second");
  const auto fba = make_warehouse("FBA", WarehouseType::fba);
  make_item("A", {.safety_stock = 1});
  put("A", first, 10).value();
  put("A", second, 4).value();
  sync("A", fba, 3, 0).value();
  hold("order", {{.sku = "A", .quantity = 8, .warehouse_id = first}}).value();
  put("A", first, 2).value();
  EXPECT_EQ(rows_of("A"), (Rows{0, 0, 0}));
  EXPECT_EQ(totals_of("A").available, 0);
  put("A", second, 9).value();
  EXPECT_EQ(rows_of("A"), (Rows{0, 2, 3}));
  EXPECT_EQ(totals_of("A").available, 5);
}

TEST_F(AvailabilityTest, a_readonly_warehouses_deficit_is_withheld_from_writable_rows_first) {
  const auto fba = make_warehouse("FBA", WarehouseType::fba);
  const auto own = make_warehouse("own");
  const auto fbs = make_warehouse("FBS", WarehouseType::fbs);
  make_item("A");
  sync("A", fba, 1, 6).value();
  put("A", own, 4).value();
  sync("A", fbs, 4, 0).value();
  EXPECT_EQ(rows_of("A"), (Rows{0, 0, 3}));
}

TEST_F(AvailabilityTest,
       an_inactive_warehouse_counts_as_on_hand_and_reserved_but_gives_and_withholds_nothing) {
  const auto first = make_warehouse("first");
  const auto second = make_warehouse("second");
  make_item("A", {.safety_stock = 2});
  put("A", first, 10).value();
  put("A", second, 7).value();
  hold("order", {{.sku = "A", .quantity = 3, .warehouse_id = first}}).value();
  activate(first, false).value();
  EXPECT_EQ(rows_of("A"), (Rows{0, 5}));
  EXPECT_EQ(totals_of("A").on_hand, 17);
  EXPECT_EQ(totals_of("A").reserved, 3);
  EXPECT_EQ(totals_of("A").available, 5);
  activate(second, false).value();
  EXPECT_EQ(rows_of("A"), (Rows{0, 0}));
  EXPECT_EQ(status("A"), Status::out_of_stock);
}

TEST_F(AvailabilityTest, an_inactive_warehouses_deficit_is_not_withheld_elsewhere) {
  const auto first = make_warehouse("first");
  const auto second = make_warehouse("second");
  make_item("A");
  put("A", first, 5).value();
  put("A", second, 7).value();
  hold("order", {{.sku = "A", .quantity = 5, .warehouse_id = first}}).value();
  put("A", first, 0).value();
  EXPECT_EQ(rows_of("A"), (Rows{0, 2}));
  activate(first, false).value();
  EXPECT_EQ(rows_of("A"), (Rows{0, 7}));
}

TEST_F(AvailabilityTest, a_thousand_full_warehouses_still_add_up) {
  make_item("A", {.safety_stock = 1});
  for (std::size_t i = 0; i < warehouses_max; ++i) put("A", make_warehouse("w"), quantity_max).value();
  EXPECT_EQ(totals_of("A").available, 1000 * quantity_max - 1);
  EXPECT_EQ(rows_of("A")[0], quantity_max - 1);
  EXPECT_EQ(verdict(run(CreateWarehouse{.name = "one too many"})), "VALIDATION_ERROR");
}

struct StatusCase {
  Quantity safety_stock;
  Threshold low;
  Threshold critical;
  Quantity total_available;
  Status status;
};

TEST(StatusTest, it_follows_from_what_is_available_and_the_thresholds) {
  const Threshold by_default;
  const StatusCase cases[] = {
      {10, by_default, by_default, 0, Status::out_of_stock},
      {10, by_default, by_default, 1, Status::critical},
      {10, by_default, by_default, 10, Status::critical},
      {10, by_default, by_default, 11, Status::low},
      {10, by_default, by_default, 20, Status::low},
      {10, by_default, by_default, 21, Status::normal},
      {0, by_default, by_default, 1, Status::normal},
      {10, Threshold{5}, by_default, 11, Status::normal},
      {10, Threshold{50}, by_default, 11, Status::low},
      {10, Threshold{50}, Threshold{0}, 1, Status::low},
      {10, Threshold{0}, Threshold{0}, 1, Status::normal},
      {10, Threshold{5}, Threshold{30}, 30, Status::critical},
      {10, Threshold{5}, Threshold{30}, 31, Status::normal},
      {quantity_max, by_default, by_default, 2 * quantity_max, Status::low},
      {quantity_max, by_default, by_default, 2 * quantity_max + 1, Status::normal},
      {0, Threshold{0}, Threshold{0}, 0, Status::out_of_stock},
  };
  for (const auto& each : cases) {
    const Item item{.sku = "A",
                    .safety_stock = each.safety_stock,
                    .low_threshold = each.low,
                    .critical_threshold = each.critical};
    EXPECT_EQ(name(status_of(item, each.total_available)), name(each.status))
        << "safety " << each.safety_stock << " available " << each.total_available;
  }
}

TEST(NamesTest, each_word_of_the_api_reads_back_as_itself) {
  for (const auto each : {Status::normal, Status::low, Status::critical, Status::out_of_stock}) {
    EXPECT_EQ(parse_status(name(each)), each);
  }
  for (const auto each :
       {WarehouseType::own, WarehouseType::third_party, WarehouseType::fba, WarehouseType::fbs}) {
    EXPECT_EQ(parse_warehouse_type(name(each)), each);
  }
  for (const auto each : {ReservationStatus::held, ReservationStatus::shipped, ReservationStatus::released,
                          ReservationStatus::expired}) {
    EXPECT_EQ(parse_reservation_status(name(each)), each);
  }
  for (const auto each : {Scope::inventory_read, Scope::inventory_write, Scope::inventory_admin,
                          Scope::inventory_sync, Scope::all}) {
    EXPECT_EQ(parse_scope(name(each)), each);
  }
  EXPECT_EQ(name(WarehouseType::third_party), "3PL");
  EXPECT_EQ(name(Scope::inventory_sync), "inventory:sync");
  EXPECT_FALSE(parse_status("Normal"));
  EXPECT_FALSE(parse_warehouse_type("fba"));
  EXPECT_FALSE(parse_reservation_status(""));
  EXPECT_FALSE(parse_scope("inventory:"));
}

}  // namespace
}  // namespace nexus::domain
