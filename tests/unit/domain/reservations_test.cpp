// What an order may hold, and what happens to it then.

#include "unit/domain/world.hpp"

namespace nexus::domain {
namespace {

using Lines = std::vector<ReservationLine>;

class ReservationRulesTest : public World, public ::testing::Test {
 protected:
  ReservationRulesTest() {
    for (const auto* sku : {"A", "B"}) make_item(sku);
    put("A", first_, 10).value();
    sync("A", fba_, 100, 0).value();
    put("A", second_, 5).value();
  }

  Result<Decision> ship(const Result<Decision>& held, std::optional<std::vector<RequestedLine>> lines = {}) {
    return run(ShipReservation{reservation_of(held)->id.text(), std::move(lines)});
  }
  Result<Decision> release(const Result<Decision>& held) {
    return run(ReleaseReservation{reservation_of(held)->id.text()});
  }
  ReservationPtr current(const Result<Decision>& held) {
    return state.find_reservation(reservation_of(held)->id);
  }

  std::string first_ = make_warehouse("first");
  std::string fba_ = make_warehouse("FBA", WarehouseType::fba);
  std::string second_ = make_warehouse("second");
};

TEST_F(ReservationRulesTest, without_a_warehouse_it_is_split_over_writable_ones_in_their_order) {
  const auto held = hold("order", {{.sku = "A", .quantity = 12}}, 60);
  ASSERT_TRUE(held);
  EXPECT_EQ(reservation_of(held)->lines, (Lines{{"A", 0, 10}, {"A", 2, 2}}));
  EXPECT_EQ(reservation_of(held)->expires_at, now.plus_ms(60'000));
  EXPECT_EQ(reservation_of(held)->created_by, "ada");
  EXPECT_EQ(level("A", 0).reserved, 10);
  EXPECT_EQ(level("A", 2).reserved, 2);
  EXPECT_EQ(level("A", 1).reserved, 0);
  EXPECT_EQ(verdict(hold("more", {{.sku = "A", .quantity = 4}})), "INSUFFICIENT_STOCK");
  EXPECT_EQ(verdict(hold("rest", {{.sku = "A", .quantity = 3}})), "done");
}

TEST_F(ReservationRulesTest, with_a_warehouse_it_is_taken_there_or_not_at_all) {
  EXPECT_EQ(verdict(hold("order", {{.sku = "A", .quantity = 6, .warehouse_id = second_}})),
            "INSUFFICIENT_STOCK");
  const auto held = hold("order", {{.sku = "A", .quantity = 5, .warehouse_id = second_}});
  EXPECT_EQ(reservation_of(held)->lines, (Lines{{"A", 2, 5}}));
  EXPECT_EQ(verdict(hold("FBA", {{.sku = "A", .quantity = 1, .warehouse_id = fba_}})), "READONLY_WAREHOUSE");
}

TEST_F(ReservationRulesTest, a_sku_may_stand_on_several_lines_which_share_what_is_there) {
  const auto held = hold("order", {{.sku = "A", .quantity = 4, .warehouse_id = second_},
                                   {.sku = "A", .quantity = 10},
                                   {.sku = "A", .quantity = 1}});
  ASSERT_TRUE(held);
  EXPECT_EQ(reservation_of(held)->lines, (Lines{{"A", 2, 4}, {"A", 0, 10}, {"A", 2, 1}}));
  release(held).value();
  EXPECT_EQ(verdict(hold("order", {{.sku = "A", .quantity = 8}, {.sku = "A", .quantity = 8}})),
            "INSUFFICIENT_STOCK");
}

TEST_F(ReservationRulesTest, too_little_says_what_was_asked_and_what_is_there) {
  const auto refused = hold("order", {{.sku = "A", .quantity = 10, .warehouse_id = first_},
                                      {.sku = "A", .quantity = 6},
                                      {.sku = "B", .quantity = 1, .warehouse_id = second_}});
  ASSERT_EQ(verdict(refused), "INSUFFICIENT_STOCK");
  const auto& shortages = std::get<std::vector<Shortage>>(refused.error().details);
  ASSERT_EQ(shortages.size(), 2U);
  EXPECT_EQ(shortages[0].index, 1U);
  EXPECT_EQ(shortages[0].requested, 6);
  EXPECT_EQ(shortages[0].available, 5);
  EXPECT_EQ(shortages[0].warehouse_id, "");
  EXPECT_EQ(shortages[1].index, 2U);
  EXPECT_EQ(shortages[1].available, 0);
  EXPECT_EQ(shortages[1].warehouse_id, second_);
  EXPECT_EQ(level("A", 0).reserved, 0);
}

TEST_F(ReservationRulesTest, safety_stock_is_never_held) {
  run(ChangeItem{.sku = "A", .safety_stock = 12}).value();
  EXPECT_EQ(verdict(hold("order", {{.sku = "A", .quantity = 4}})), "INSUFFICIENT_STOCK");
  const auto held = hold("order", {{.sku = "A", .quantity = 3}});
  EXPECT_EQ(reservation_of(held)->lines, (Lines{{"A", 2, 3}}));
}

TEST_F(ReservationRulesTest, an_inactive_warehouse_gives_nothing_but_lets_go) {
  const auto held = hold("order", {{.sku = "A", .quantity = 12}});
  activate(first_, false).value();
  EXPECT_EQ(verdict(hold("named", {{.sku = "A", .quantity = 1, .warehouse_id = first_}})),
            "WAREHOUSE_INACTIVE");
  EXPECT_EQ(verdict(hold("any", {{.sku = "A", .quantity = 4}})), "INSUFFICIENT_STOCK");
  EXPECT_EQ(verdict(ship(held)), "WAREHOUSE_INACTIVE");
  EXPECT_EQ(verdict(release(held)), "done");
}

TEST_F(ReservationRulesTest, a_shipment_makes_one_adjustment_a_line) {
  const auto held = hold("order-7", {{.sku = "A", .quantity = 12}});
  const auto shipped = ship(held);
  ASSERT_TRUE(shipped);
  ASSERT_EQ(shipped->events.size(), 3U);
  EXPECT_EQ(adjustment(*shipped, 1).before, 10);
  EXPECT_EQ(adjustment(*shipped, 1).after, 0);
  EXPECT_EQ(adjustment(*shipped, 1).reason, "order_shipped");
  EXPECT_EQ(adjustment(*shipped, 1).note, "order-7");
  EXPECT_EQ(adjustment(*shipped, 2).after, 3);
  EXPECT_EQ(adjustment(*shipped, 2).version, item("A").version);
  EXPECT_EQ(current(held)->status, ReservationStatus::shipped);
  EXPECT_EQ(current(held)->closed_at, now);
  EXPECT_EQ(current(held)->lines, (Lines{{"A", 0, 10}, {"A", 2, 2}}));
  EXPECT_EQ(state.find_held("order-7"), nullptr);
}

TEST_F(ReservationRulesTest, a_part_is_shipped_over_several_held_lines_of_the_same_place) {
  const auto held = hold("order", {{.sku = "A", .quantity = 3, .warehouse_id = first_},
                                   {.sku = "A", .quantity = 4, .warehouse_id = first_}});
  ASSERT_TRUE(ship(held, {{{.sku = "A", .quantity = 5, .warehouse_id = first_}}}));
  EXPECT_EQ(current(held)->status, ReservationStatus::held);
  EXPECT_EQ(current(held)->lines, (Lines{{"A", 0, 2}}));
  EXPECT_EQ(level("A", 0).reserved, 2);
  EXPECT_EQ(level("A", 0).on_hand, 5);
  ASSERT_TRUE(ship(held, {{{.sku = "A", .quantity = 1, .warehouse_id = first_},
                           {.sku = "A", .quantity = 1, .warehouse_id = first_}}}));
  EXPECT_EQ(current(held)->status, ReservationStatus::shipped);
  EXPECT_EQ(level("A", 0).reserved, 0);
  EXPECT_EQ(level("A", 0).on_hand, 3);
}

TEST_F(ReservationRulesTest, a_part_that_is_not_held_is_refused_with_what_still_is) {
  const auto held = hold("order", {{.sku = "A", .quantity = 12}});
  const auto refused = ship(held, {{{.sku = "A", .quantity = 9, .warehouse_id = first_},
                                    {.sku = "A", .quantity = 2, .warehouse_id = first_},
                                    {.sku = "B", .quantity = 1, .warehouse_id = first_}}});
  ASSERT_EQ(verdict(refused), "INSUFFICIENT_STOCK");
  const auto& shortages = std::get<std::vector<Shortage>>(refused.error().details);
  ASSERT_EQ(shortages.size(), 2U);
  EXPECT_EQ(shortages[0].index, 1U);
  EXPECT_EQ(shortages[0].available, 1);
  EXPECT_EQ(shortages[1].index, 2U);
  EXPECT_EQ(shortages[1].available, 0);
  EXPECT_EQ(level("A", 0).on_hand, 10);
}

TEST_F(ReservationRulesTest, more_than_is_on_hand_cannot_be_shipped) {
  const auto held = hold("order", {{.sku = "A", .quantity = 12}});
  put("A", second_, 1).value();
  EXPECT_EQ(verdict(ship(held)), "NEGATIVE_QUANTITY");
  EXPECT_EQ(current(held)->status, ReservationStatus::held);
  EXPECT_EQ(level("A", 0).on_hand, 10);
  EXPECT_EQ(verdict(ship(held, {{{.sku = "A", .quantity = 10, .warehouse_id = first_}}})), "done");
}

TEST_F(ReservationRulesTest, releasing_takes_off_reserved_alone) {
  const auto held = hold("order", {{.sku = "A", .quantity = 12}});
  now = now.plus_ms(7);
  release(held).value();
  EXPECT_EQ(level("A", 0), (Level{0, 10, 0, now}));
  EXPECT_EQ(current(held)->status, ReservationStatus::released);
  EXPECT_EQ(current(held)->closed_at, now);
}

TEST_F(ReservationRulesTest, a_closed_one_stays_as_it_is) {
  const auto shipped = hold("order", {{.sku = "A", .quantity = 1}}, 1);
  ship(shipped).value();
  const auto released = hold("order", {{.sku = "A", .quantity = 1}}, 1);
  release(released).value();
  const auto expired = hold("order", {{.sku = "A", .quantity = 1}}, 1);
  now = now.plus_ms(1000);
  run(ExpireReservation{reservation_of(expired)->id}).value();
  for (const auto* each : {&shipped, &released, &expired}) {
    const auto before = *current(*each);
    EXPECT_EQ(verdict(ship(*each)), "RESERVATION_CLOSED");
    EXPECT_EQ(verdict(release(*each)), "RESERVATION_CLOSED");
    EXPECT_EQ(verdict(run(ExpireReservation{before.id})), "RESERVATION_CLOSED");
    EXPECT_EQ(*current(*each), before);
  }
}

TEST_F(ReservationRulesTest, it_expires_at_its_time_and_not_before) {
  const auto held = hold("order", {{.sku = "A", .quantity = 2}}, 60);
  const auto forever = hold("forever", {{.sku = "A", .quantity = 2}});
  now = now.plus_ms(59'999);
  EXPECT_EQ(verdict(run(ExpireReservation{reservation_of(held)->id})), "VALIDATION_ERROR");
  EXPECT_EQ(verdict(run(ExpireReservation{reservation_of(forever)->id})), "VALIDATION_ERROR");
  now = now.plus_ms(1);
  EXPECT_EQ(verdict(run(ExpireReservation{reservation_of(held)->id})), "done");
  EXPECT_EQ(current(held)->status, ReservationStatus::expired);
  EXPECT_EQ(level("A", 0).reserved, 2);
  EXPECT_EQ(verdict(run(ExpireReservation{ReservationId{}})), "RESERVATION_NOT_FOUND");
}

TEST_F(ReservationRulesTest, a_reference_is_free_when_its_reservation_is_closed) {
  const auto first = hold("order", {{.sku = "A", .quantity = 1}});
  EXPECT_EQ(verdict(hold("order", {{.sku = "A", .quantity = 1}})), "RESERVATION_EXISTS");
  EXPECT_EQ(verdict(hold("Order", {{.sku = "A", .quantity = 1}})), "done");
  ship(first, {{{.sku = "A", .quantity = 1, .warehouse_id = first_}}}).value();
  EXPECT_EQ(verdict(hold("order", {{.sku = "A", .quantity = 1}})), "done");
}

TEST_F(ReservationRulesTest, the_largest_hold_is_taken_and_shipped_whole) {
  std::vector<RequestedLine> lines(reservation_lines_max, {.sku = "B", .quantity = quantity_max / 1000});
  put("B", first_, quantity_max).value();
  const auto held = hold("order", lines);
  ASSERT_TRUE(held);
  EXPECT_EQ(level("B", 0).reserved, quantity_max);
  ASSERT_TRUE(ship(held));
  EXPECT_EQ(level("B", 0).on_hand, 0);
  EXPECT_EQ(level("B", 0).reserved, 0);
}

}  // namespace
}  // namespace nexus::domain
