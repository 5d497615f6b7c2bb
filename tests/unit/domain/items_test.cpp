// Items and warehouses: made, changed, taken away.

#include "unit/domain/world.hpp"

namespace nexus::domain {
namespace {

struct ItemsTest : World, ::testing::Test {};

TEST_F(ItemsTest, a_new_item_has_version_1_and_the_default_thresholds) {
  const auto made = run(CreateItem{"A", {.title = "Anvil", .safety_stock = 15}});
  ASSERT_TRUE(made);
  EXPECT_EQ(std::get<RecordOutcome>(made->outcome).item, item("A"));
  EXPECT_EQ(item("A").version, 1U);
  EXPECT_EQ(item("A").title, "Anvil");
  EXPECT_EQ(item("A").updated_at, now);
  EXPECT_EQ(item("A").effective_critical_threshold(), 15);
  EXPECT_EQ(item("A").effective_low_threshold(), 30);
}

TEST_F(ItemsTest, an_item_is_made_once) {
  make_item("A");
  EXPECT_EQ(verdict(run(CreateItem{"A", {}})), "INVENTORY_EXISTS");
  EXPECT_EQ(verdict(run(CreateItem{"a", {}})), "done");
}

TEST_F(ItemsTest, a_change_touches_what_it_names_and_nothing_else) {
  make_item("A", {.title = "Anvil", .safety_stock = 15, .low_threshold = Threshold{9}});
  now = now.plus_ms(5);
  run(ChangeItem{.sku = "A", .safety_stock = 3, .critical_threshold = Threshold{1}}).value();
  EXPECT_EQ(item("A").title, "Anvil");
  EXPECT_EQ(item("A").safety_stock, 3);
  EXPECT_EQ(item("A").effective_low_threshold(), 9);
  EXPECT_EQ(item("A").effective_critical_threshold(), 1);
  EXPECT_EQ(item("A").version, 2U);
  EXPECT_EQ(item("A").updated_at, now);
  run(ChangeItem{.sku = "A", .title = "", .low_threshold = Threshold{}}).value();
  EXPECT_EQ(item("A").title, "");
  EXPECT_EQ(item("A").effective_low_threshold(), 6);
}

TEST_F(ItemsTest, a_change_to_what_is_so_already_makes_no_event_and_no_version) {
  make_item("A", {.title = "Anvil"});
  const auto done = run(ChangeItem{.sku = "A", .title = "Anvil", .low_threshold = Threshold{}});
  ASSERT_TRUE(done);
  EXPECT_TRUE(done->events.empty());
  EXPECT_EQ(std::get<RecordOutcome>(done->outcome).item.version, 1U);
}

TEST_F(ItemsTest, an_item_goes_only_when_every_level_is_zero_and_nothing_is_reserved) {
  const auto own = make_warehouse("own");
  const auto fba = make_warehouse("FBA", WarehouseType::fba);
  make_item("A");
  put("A", own, 1).value();
  EXPECT_EQ(verdict(run(DeleteItem{.sku = "A"})), "INVENTORY_NOT_EMPTY");
  hold("order", {{.sku = "A", .quantity = 1}}).value();
  put("A", own, 0).value();
  EXPECT_EQ(verdict(run(DeleteItem{.sku = "A"})), "INVENTORY_NOT_EMPTY");
  run(ReleaseReservation{state.find_held("order")->id.text()}).value();
  sync("A", fba, 0, 1).value();
  EXPECT_EQ(verdict(run(DeleteItem{.sku = "A"})), "INVENTORY_NOT_EMPTY");
  sync("A", fba, 0, 0).value();
  EXPECT_EQ(verdict(run(DeleteItem{.sku = "A"})), "done");
  EXPECT_EQ(verdict(run(DeleteItem{.sku = "A"})), "INVENTORY_NOT_FOUND");
  EXPECT_EQ(verdict(put("A", own, 1)), "INVENTORY_NOT_FOUND");
  EXPECT_EQ(verdict(run(ChangeItem{.sku = "A"})), "INVENTORY_NOT_FOUND");
  EXPECT_EQ(verdict(hold("again", {{.sku = "A", .quantity = 1}})), "INVENTORY_NOT_FOUND");
}

TEST_F(ItemsTest, an_item_made_again_is_new_but_for_its_version_which_goes_on) {
  const auto own = make_warehouse("own");
  make_item("A", {.title = "Anvil", .safety_stock = 5, .low_threshold = Threshold{9}});
  put("A", own, 0).value();
  run(DeleteItem{.sku = "A"}).value();
  make_item("A");
  EXPECT_EQ(item("A").version, 4U);
  EXPECT_EQ(item("A").title, "");
  EXPECT_EQ(item("A").safety_stock, 0);
  EXPECT_TRUE(item("A").low_threshold.is_default());
  EXPECT_TRUE(item("A").levels.empty());
  EXPECT_FALSE(item("A").is_deleted);
}

TEST_F(ItemsTest, warehouses_stand_in_the_order_of_their_creation) {
  const auto first = make_warehouse("z");
  const auto second = make_warehouse("a", WarehouseType::fbs);
  now = now.plus_ms(1);
  const auto third = make_warehouse("m");
  const auto& all = *state.warehouses();
  ASSERT_EQ(all.size(), 3U);
  EXPECT_EQ(all[0].id.text(), first);
  EXPECT_EQ(all[1].id.text(), second);
  EXPECT_EQ(all[2].id.text(), third);
  EXPECT_EQ(all[1].type, WarehouseType::fbs);
  EXPECT_TRUE(all[1].is_active);
  for (WarehouseNumber i = 0; i < 3; ++i) EXPECT_EQ(find_warehouse(all, all[i].id), i);
  EXPECT_FALSE(find_warehouse(all, WarehouseId{}));
  EXPECT_FALSE(find_warehouse(all, WarehouseId{{~0ULL, ~0ULL}}));
}

TEST_F(ItemsTest, a_warehouse_changes_where_asked_and_keeps_the_rest) {
  const auto made = run(CreateWarehouse{.name = "W", .address = "Am Ufer 1", .marketplace = "amazon_eu"});
  const auto id = std::get<Warehouse>(made.value().outcome).id.text();
  const auto renamed = run(ChangeWarehouse{.id = id, .name = "V"});
  EXPECT_EQ(std::get<Warehouse>(renamed.value().outcome).name, "V");
  EXPECT_EQ(state.warehouses()->front().address, "Am Ufer 1");
  EXPECT_EQ(state.warehouses()->front().marketplace, "amazon_eu");
  run(ChangeWarehouse{.id = id, .address = std::optional<std::string>()}).value();
  EXPECT_EQ(state.warehouses()->front().address, std::nullopt);
  const auto same = run(ChangeWarehouse{.id = id, .name = "V", .is_active = true});
  EXPECT_TRUE(same.value().events.empty());
  EXPECT_EQ(verdict(run(ChangeWarehouse{.id = "wh_nowhere", .name = "V"})), "WAREHOUSE_NOT_FOUND");
}

TEST_F(ItemsTest, a_changed_warehouse_gives_each_record_in_it_a_new_version) {
  const auto first = make_warehouse("first");
  const auto second = make_warehouse("second");
  make_item("A");
  make_item("B");
  make_item("C");
  put("A", first, 1).value();
  put("B", second, 1).value();
  now = now.plus_ms(9);
  activate(first, false).value();
  EXPECT_EQ(item("A").version, 3U);
  EXPECT_EQ(item("A").updated_at, now);
  EXPECT_EQ(item("B").version, 2U);
  EXPECT_EQ(item("C").version, 1U);
}

TEST(WholeWarehouseTest, only_a_changed_warehouse_touches_more_than_the_command_names) {
  EXPECT_TRUE(touches_whole_warehouse(Command{.request = ChangeWarehouse{}}));
  EXPECT_FALSE(touches_whole_warehouse(Command{.request = CreateWarehouse{}}));
  EXPECT_FALSE(touches_whole_warehouse(Command{.request = UpdateLevels{}}));
  EXPECT_FALSE(touches_whole_warehouse(Command{.request = ImportRows{}}));
}

}  // namespace
}  // namespace nexus::domain
