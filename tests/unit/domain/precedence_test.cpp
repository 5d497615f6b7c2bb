// Where several refusals apply, which one is given: 404 SKU, 404 warehouse or reservation, 403 read-only,
// 409, 412, 422. Each test makes a request with every combination of faults and expects the first of them.

#include "unit/domain/world.hpp"

namespace nexus::domain {
namespace {

class PrecedenceTest : public World, public ::testing::Test {
 protected:
  // Calls `judge(has_fault)` for every subset of the faults, and expects the first fault that is in it.
  template <typename Judge>
  static void expect_first_of_each_subset(const std::vector<std::string>& faults, Judge&& judge) {
    for (unsigned subset = 0; subset < 1U << faults.size(); ++subset) {
      std::string expected = "done";
      std::string all;
      for (std::size_t i = faults.size(); i-- > 0;) {
        if ((subset >> i) % 2 == 0) continue;
        expected = faults[i];
        all = faults[i] + " " + all;
      }
      const auto has = [&](std::string_view fault) {
        for (std::size_t i = 0; i < faults.size(); ++i) {
          if (faults[i] == fault) return (subset >> i) % 2 != 0;
        }
        ADD_FAILURE() << fault << " is not in the table";
        return false;
      };
      EXPECT_EQ(judge(has), expected) << "with " << all;
    }
  }
};

TEST_F(PrecedenceTest, of_an_update) {
  const auto own = make_warehouse("own");
  const auto closed = make_warehouse("closed");
  const auto fba = make_warehouse("FBA", WarehouseType::fba);
  const auto closed_fba = make_warehouse("closed FBA", WarehouseType::fba);
  activate(closed, false).value();
  activate(closed_fba, false).value();
  make_item("A");
  for (const std::string last : {"NEGATIVE_QUANTITY", "QUANTITY_TOO_LARGE"}) {
    expect_first_of_each_subset(
        {"INVENTORY_NOT_FOUND", "WAREHOUSE_NOT_FOUND", "READONLY_WAREHOUSE", "WAREHOUSE_INACTIVE",
         "QUANTITY_CHANGED", "PRECONDITION_FAILED", last},
        [&](auto has) {
          LevelUpdate asked{.sku = has("INVENTORY_NOT_FOUND") ? "B" : "A", .is_delta = true};
          const bool inactive = has("WAREHOUSE_INACTIVE");
          asked.warehouse_id = has("READONLY_WAREHOUSE") ? (inactive ? closed_fba : fba)
                               : inactive                ? closed
                                                         : own;
          if (has("WAREHOUSE_NOT_FOUND")) asked.warehouse_id = "wh_nowhere";
          asked.expected_quantity = has("QUANTITY_CHANGED") ? 7 : 0;
          if (has(last)) asked.quantity = last == "NEGATIVE_QUANTITY" ? INT64_MIN : quantity_max + 1;
          const std::uint64_t version = item("A").version;
          return verdict(update(asked, {{has("PRECONDITION_FAILED") ? version + 1 : version}}));
        });
  }
}

TEST_F(PrecedenceTest, of_a_sync) {
  const auto own = make_warehouse("own");
  const auto closed = make_warehouse("closed");
  const auto fba = make_warehouse("FBA", WarehouseType::fba);
  const auto closed_fba = make_warehouse("closed FBA", WarehouseType::fba);
  activate(closed, false).value();
  activate(closed_fba, false).value();
  make_item("A");
  expect_first_of_each_subset({"INVENTORY_NOT_FOUND", "WAREHOUSE_NOT_FOUND", "WAREHOUSE_NOT_READONLY",
                               "WAREHOUSE_INACTIVE", "NEGATIVE_QUANTITY"},
                              [&](auto has) {
                                const bool inactive = has("WAREHOUSE_INACTIVE");
                                auto warehouse = has("WAREHOUSE_NOT_READONLY") ? (inactive ? closed : own)
                                                 : inactive                    ? closed_fba
                                                                               : fba;
                                if (has("WAREHOUSE_NOT_FOUND")) warehouse = WarehouseId{}.text();
                                return verdict(sync(has("INVENTORY_NOT_FOUND") ? "B" : "A", warehouse, 1,
                                                    has("NEGATIVE_QUANTITY") ? -1 : 0));
                              });
}

TEST_F(PrecedenceTest, of_a_hold_whatever_the_order_of_its_lines) {
  const auto own = make_warehouse("own");
  const auto closed = make_warehouse("closed");
  const auto fba = make_warehouse("FBA", WarehouseType::fba);
  make_item("A");
  make_item("B");
  put("A", own, 1000).value();
  activate(closed, false).value();
  hold("taken", {{.sku = "A", .quantity = 1}}).value();
  int free_reference = 0;
  for (const bool worst_first : {false, true}) {
    expect_first_of_each_subset(
        {"INVENTORY_NOT_FOUND", "WAREHOUSE_NOT_FOUND", "READONLY_WAREHOUSE", "WAREHOUSE_INACTIVE",
         "RESERVATION_EXISTS", "INSUFFICIENT_STOCK"},
        [&](auto has) {
          std::vector<RequestedLine> lines{{.sku = "A", .quantity = 1}};
          if (has("INSUFFICIENT_STOCK")) lines.push_back({.sku = "B", .quantity = 1});
          if (has("WAREHOUSE_INACTIVE")) lines.push_back({.sku = "A", .quantity = 1, .warehouse_id = closed});
          if (has("READONLY_WAREHOUSE")) lines.push_back({.sku = "A", .quantity = 1, .warehouse_id = fba});
          if (has("WAREHOUSE_NOT_FOUND")) lines.push_back({.sku = "A", .quantity = 1, .warehouse_id = "wh_"});
          if (has("INVENTORY_NOT_FOUND")) lines.push_back({.sku = "C", .quantity = 1});
          if (worst_first) std::reverse(lines.begin(), lines.end());
          const auto free = "free " + std::to_string(++free_reference);
          return verdict(hold(has("RESERVATION_EXISTS") ? "taken" : free, std::move(lines)));
        });
  }
}

TEST_F(PrecedenceTest, of_a_shipment) {
  const auto own = make_warehouse("own");
  const auto closing = make_warehouse("closing");
  make_item("A");
  make_item("B");
  make_item("C");
  int number = 0;
  expect_first_of_each_subset(
      {"RESERVATION_NOT_FOUND", "INVENTORY_NOT_FOUND", "WAREHOUSE_NOT_FOUND", "RESERVATION_CLOSED",
       "INSUFFICIENT_STOCK", "WAREHOUSE_INACTIVE", "NEGATIVE_QUANTITY"},
      [&](auto has) {
        activate(closing, true).value();
        for (const auto& warehouse : {own, closing}) {
          put("A", warehouse, 1'000'000).value();
          put("B", warehouse, 1'000'000).value();
        }
        const auto held =
            hold("order " + std::to_string(++number), {{.sku = "A", .quantity = 1, .warehouse_id = own},
                                                       {.sku = "A", .quantity = 1, .warehouse_id = closing},
                                                       {.sku = "B", .quantity = 1, .warehouse_id = own}});
        auto id = reservation_of(held)->id.text();
        std::vector<RequestedLine> lines{{.sku = "A", .quantity = 1, .warehouse_id = own}};
        if (has("NEGATIVE_QUANTITY")) {
          lines.push_back({.sku = "B", .quantity = 1, .warehouse_id = own});
          put("B", own, 0).value();
        }
        if (has("WAREHOUSE_INACTIVE")) {
          lines.push_back({.sku = "A", .quantity = 1, .warehouse_id = closing});
          activate(closing, false).value();
        }
        if (has("INSUFFICIENT_STOCK")) lines.push_back({.sku = "C", .quantity = 1, .warehouse_id = own});
        if (has("RESERVATION_CLOSED")) run(ReleaseReservation{id}).value();
        if (has("RESERVATION_NOT_FOUND")) id = ReservationId{}.text();
        if (has("WAREHOUSE_NOT_FOUND")) lines.push_back({.sku = "A", .quantity = 1, .warehouse_id = "wh_"});
        if (has("INVENTORY_NOT_FOUND")) lines.push_back({.sku = "D", .quantity = 1, .warehouse_id = own});
        return verdict(run(ShipReservation{id, lines}));
      });
}

TEST_F(PrecedenceTest, of_changing_and_deleting_an_item) {
  const auto own = make_warehouse("own");
  make_item("A");
  put("A", own, 1).value();
  const auto version = item("A").version;
  const AcceptedVersions right{{version}};
  const AcceptedVersions wrong{{version + 1}};
  EXPECT_EQ(verdict(run(ChangeItem{.sku = "B", .if_match = wrong})), "INVENTORY_NOT_FOUND");
  EXPECT_EQ(verdict(run(ChangeItem{.sku = "A", .if_match = wrong})), "PRECONDITION_FAILED");
  EXPECT_EQ(verdict(run(ChangeItem{.sku = "A", .if_match = right})), "done");
  EXPECT_EQ(verdict(run(DeleteItem{.sku = "B", .if_match = wrong})), "INVENTORY_NOT_FOUND");
  EXPECT_EQ(verdict(run(DeleteItem{.sku = "A", .if_match = wrong})), "INVENTORY_NOT_EMPTY");
  EXPECT_EQ(verdict(run(DeleteItem{.sku = "A", .if_match = right})), "INVENTORY_NOT_EMPTY");
  put("A", own, 0).value();
  EXPECT_EQ(verdict(run(DeleteItem{.sku = "A", .if_match = right})), "PRECONDITION_FAILED");
  EXPECT_EQ(verdict(run(DeleteItem{.sku = "A", .if_match = {{99, version + 1}}})), "done");
}

TEST_F(PrecedenceTest, of_a_bulk_the_first_update_that_is_refused_gives_the_error) {
  const auto own = make_warehouse("own");
  make_item("A");
  const auto refused = run(UpdateLevels{.updates = {{.sku = "A", .warehouse_id = own, .quantity = 1},
                                                    {.sku = "A", .warehouse_id = own, .quantity = -1},
                                                    {.sku = "B", .warehouse_id = own, .quantity = 1}},
                                        .is_bulk = true,
                                        .if_match = {}});
  EXPECT_EQ(verdict(refused), "NEGATIVE_QUANTITY");
}

}  // namespace
}  // namespace nexus::domain
