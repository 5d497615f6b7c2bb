// Orders that hold stock: held, shipped in parts, released, expired; and how they are found.

#include "contract/contract_test.hpp"

namespace nexus::contract {
namespace {

class ReservationsTest : public ContractTest {
 protected:
  ReservationsTest() : berlin_(make_warehouse("Berlin")), ulm_(make_warehouse("Ulm")) {
    make_item("A");
    make_item("B");
    put("A", berlin_, 10).value();
    put("A", ulm_, 5).value();
    put("B", ulm_, 5).value();
  }

  Result<Executed> ship(const std::string& id, std::optional<std::vector<RequestedLine>> lines = {}) {
    return execute(ShipReservation{id, std::move(lines)});
  }
  Result<Executed> release(const std::string& id) { return execute(ReleaseReservation{id}); }

  static store::ReservationQuery with_status(ReservationStatus status) {
    store::ReservationQuery query;
    query.statuses.add(status);
    return query;
  }

  std::string berlin_;
  std::string ulm_;
};

using Names = std::vector<std::string>;

TEST_F(ReservationsTest, what_is_held_is_reserved_and_no_longer_available) {
  const auto held = hold("order-1", {{.sku = "A", .quantity = 12}, {.sku = "B", .quantity = 1}}, 3600);
  ASSERT_TRUE(held);
  const auto found = reservation(id_of(held));
  ASSERT_TRUE(found);
  EXPECT_EQ(*found, *std::get<ReservationOutcome>(held->outcome).reservation);
  EXPECT_EQ(found->status, ReservationStatus::held);
  EXPECT_EQ(found->created_by, "ada@example.com");
  EXPECT_EQ(found->expires_at, clock_.now().plus_ms(3'600'000));
  EXPECT_EQ(found->lines,
            (std::vector<ReservationLine>{
                {"A", number_of(berlin_), 10}, {"A", number_of(ulm_), 2}, {"B", number_of(ulm_), 1}}));
  EXPECT_EQ(reserved("A", berlin_), 10);
  EXPECT_EQ(reserved("A", ulm_), 2);
  EXPECT_EQ(available("A"), 3);
  EXPECT_EQ(on_hand("A", berlin_), 10);
}

TEST_F(ReservationsTest, all_lines_are_held_or_none) {
  const auto before = item("A");
  EXPECT_EQ(verdict(hold("order-1", {{.sku = "A", .quantity = 1}, {.sku = "B", .quantity = 6}})),
            "INSUFFICIENT_STOCK");
  EXPECT_EQ(item("A"), before);
  EXPECT_TRUE(references({}).empty());
}

TEST_F(ReservationsTest, a_reference_is_held_once_and_free_again_when_closed) {
  const auto first = id_of(hold("order-1", {{.sku = "A", .quantity = 1}}));
  EXPECT_EQ(verdict(hold("order-1", {{.sku = "A", .quantity = 1}})), "RESERVATION_EXISTS");
  release(first).value();
  const auto second = hold("order-1", {{.sku = "A", .quantity = 2}});
  ASSERT_TRUE(second);
  EXPECT_EQ(references({.reference = "order-1"}), (Names{"order-1", "order-1"}));
  EXPECT_EQ(verdict(hold("order-1", {{.sku = "A", .quantity = 1}})), "RESERVATION_EXISTS");
  EXPECT_EQ(reserved("A", berlin_), 2);
}

TEST_F(ReservationsTest, shipping_takes_off_reserved_and_on_hand_and_is_in_the_history) {
  const auto id = id_of(hold("order-1", {{.sku = "A", .quantity = 12}}));
  clock_.advance_seconds(60);
  ASSERT_TRUE(ship(id));
  EXPECT_EQ(on_hand("A", berlin_), 0);
  EXPECT_EQ(on_hand("A", ulm_), 3);
  EXPECT_EQ(reserved("A", berlin_), 0);
  EXPECT_EQ(reserved("A", ulm_), 0);
  EXPECT_EQ(reservation(id)->status, ReservationStatus::shipped);
  EXPECT_EQ(reservation(id)->closed_at, clock_.now());
  const auto lines = history("A").value();
  ASSERT_EQ(lines.size(), 4U);
  EXPECT_EQ(lines[0].reason, "order_shipped");
  EXPECT_EQ(lines[0].note, "order-1");
  EXPECT_EQ(lines[0].after, 3);
  EXPECT_EQ(lines[1].after, 0);
  EXPECT_EQ(lines[0].version, item("A")->version);
  EXPECT_EQ(verdict(ship(id)), "RESERVATION_CLOSED");
  EXPECT_EQ(verdict(release(id)), "RESERVATION_CLOSED");
}

TEST_F(ReservationsTest, part_of_it_is_shipped_and_the_rest_stays_held) {
  const auto id = id_of(hold("order-1", {{.sku = "A", .quantity = 12}}));
  ASSERT_TRUE(ship(id, {{{.sku = "A", .quantity = 4, .warehouse_id = berlin_}}}));
  EXPECT_EQ(reservation(id)->status, ReservationStatus::held);
  EXPECT_EQ(reservation(id)->lines,
            (std::vector<ReservationLine>{{"A", number_of(berlin_), 6}, {"A", number_of(ulm_), 2}}));
  EXPECT_EQ(on_hand("A", berlin_), 6);
  EXPECT_EQ(reserved("A", berlin_), 6);
  EXPECT_EQ(verdict(ship(id, {{{.sku = "A", .quantity = 7, .warehouse_id = berlin_}}})),
            "INSUFFICIENT_STOCK");
  ASSERT_TRUE(ship(id, {{{.sku = "A", .quantity = 2, .warehouse_id = ulm_}}}));
  EXPECT_EQ(reservation(id)->lines, (std::vector<ReservationLine>{{"A", number_of(berlin_), 6}}));
  ASSERT_TRUE(ship(id, {{{.sku = "A", .quantity = 6, .warehouse_id = berlin_}}}));
  EXPECT_EQ(reservation(id)->status, ReservationStatus::shipped);
  EXPECT_EQ(available("A"), 3);
}

TEST_F(ReservationsTest, shipping_more_than_is_on_hand_is_refused_and_leaves_it_held) {
  const auto id = id_of(hold("order-1", {{.sku = "A", .quantity = 12}}));
  put("A", ulm_, 1).value();
  EXPECT_EQ(verdict(ship(id)), "NEGATIVE_QUANTITY");
  EXPECT_EQ(reservation(id)->status, ReservationStatus::held);
  EXPECT_EQ(on_hand("A", berlin_), 10);
  EXPECT_EQ(reserved("A", ulm_), 2);
}

TEST_F(ReservationsTest, releasing_gives_back_and_leaves_no_line_in_the_history) {
  const auto id = id_of(hold("order-1", {{.sku = "A", .quantity = 12}}));
  ASSERT_TRUE(release(id));
  EXPECT_EQ(reservation(id)->status, ReservationStatus::released);
  EXPECT_EQ(available("A"), 15);
  EXPECT_EQ(history("A")->size(), 2U);
}

TEST_F(ReservationsTest, it_expires_by_itself_at_its_time_and_not_before) {
  const auto id = id_of(hold("order-1", {{.sku = "A", .quantity = 12}}, 60));
  const auto forever = id_of(hold("order-2", {{.sku = "A", .quantity = 1}}));
  clock_.advance_ms(59'999);
  put("B", ulm_, 9).value();
  EXPECT_EQ(reservation(id)->status, ReservationStatus::held);
  clock_.advance_ms(1);
  const auto expired = when_closed(id);
  EXPECT_EQ(expired->status, ReservationStatus::expired);
  EXPECT_EQ(expired->closed_at, clock_.now());
  EXPECT_EQ(available("A"), 14);
  EXPECT_EQ(reservation(forever)->status, ReservationStatus::held);
  EXPECT_EQ(verdict(ship(id)), "RESERVATION_CLOSED");
  EXPECT_EQ(verdict(hold("order-1", {{.sku = "A", .quantity = 1}})), "done");
}

TEST_F(ReservationsTest, what_was_shipped_or_released_does_not_expire_later) {
  const auto shipped = id_of(hold("order-1", {{.sku = "A", .quantity = 2}}, 60));
  const auto released = id_of(hold("order-2", {{.sku = "A", .quantity = 2}}, 60));
  const auto expiring = id_of(hold("order-3", {{.sku = "A", .quantity = 2}}, 61));
  ship(shipped).value();
  release(released).value();
  clock_.advance_seconds(61);
  when_closed(expiring);
  EXPECT_EQ(reservation(shipped)->status, ReservationStatus::shipped);
  EXPECT_EQ(reservation(released)->status, ReservationStatus::released);
  EXPECT_EQ(available("A"), 13);
}

TEST_F(ReservationsTest, they_are_listed_newest_first_by_status_sku_and_reference) {
  const auto a = id_of(hold("a", {{.sku = "A", .quantity = 1}}));
  hold("b", {{.sku = "B", .quantity = 1}}).value();
  const auto c = id_of(hold("c", {{.sku = "A", .quantity = 1}, {.sku = "B", .quantity = 1}}));
  const auto d = id_of(hold("d", {{.sku = "A", .quantity = 1}}, 60));
  ship(a).value();
  release(c).value();
  clock_.advance_seconds(60);
  when_closed(d);
  EXPECT_EQ(references({}), (Names{"d", "c", "b", "a"}));
  EXPECT_EQ(references({.sku = "A"}), (Names{"d", "c", "a"}));
  EXPECT_EQ(references({.sku = "nothing"}), Names{});
  EXPECT_EQ(references({.reference = "b"}), Names{"b"});
  EXPECT_EQ(references({.reference = "nothing"}), Names{});
  EXPECT_EQ(references(with_status(ReservationStatus::held)), Names{"b"});
  EXPECT_EQ(references(with_status(ReservationStatus::shipped)), Names{"a"});
  EXPECT_EQ(references(with_status(ReservationStatus::released)), Names{"c"});
  EXPECT_EQ(references(with_status(ReservationStatus::expired)), Names{"d"});
  auto several = with_status(ReservationStatus::released);
  several.statuses.add(ReservationStatus::held);
  EXPECT_EQ(references(several), (Names{"c", "b"}));
  several.sku = "A";
  EXPECT_EQ(references(several), Names{"c"});
}

TEST_F(ReservationsTest, pages_make_up_the_whole) {
  Names expected;
  for (int i = 0; i < 11; ++i) {
    const auto reference = "order-" + std::to_string(i);
    hold(reference, {{.sku = i % 2 == 0 ? "A" : "B", .quantity = 1}}).value();
    if (i % 2 == 0) expected.insert(expected.begin(), reference);
  }
  for (const std::size_t limit : {1, 2, 3, 6, 50}) {
    store::ReservationQuery query{.sku = "A", .limit = limit};
    Names seen;
    for (;;) {
      const auto page = wait(store_->list_reservations(tenant_, query)).value();
      ASSERT_TRUE(page.warehouses);
      EXPECT_EQ(page.warehouses->size(), 2U);
      for (const auto& reservation : page.reservations) seen.push_back(reservation->reference);
      EXPECT_EQ(page.has_more, seen.size() < expected.size());
      if (!page.has_more || page.reservations.empty()) break;
      EXPECT_EQ(page.reservations.size(), limit);
      query.before = page.reservations.back()->id;
    }
    EXPECT_EQ(seen, expected) << "limit " << limit;
  }
}

TEST_F(ReservationsTest, an_unknown_one_is_not_there) {
  EXPECT_FALSE(reservation(ReservationId{}.text()));
  EXPECT_EQ(verdict(ship("res_nothing")), "RESERVATION_NOT_FOUND");
  EXPECT_EQ(verdict(release(ReservationId{}.text())), "RESERVATION_NOT_FOUND");
}

}  // namespace
}  // namespace nexus::contract
