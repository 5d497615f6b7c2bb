// Changes on top of a state that stays as it is, stacked and taken over.

#include "domain/draft.hpp"

#include "unit/domain/world.hpp"

namespace nexus::domain {
namespace {

class DraftTest : public World, public ::testing::Test {
 protected:
  DraftTest() {
    make_item("A");
    put("A", own_, 10).value();
  }

  Result<Decision> decide_on(const View& view, Request request) {
    auto decision = decide(Command{.request = std::move(request)}, view, {.now = now, .sequence = sequence});
    if (decision) sequence += decision->events.size();
    return decision;
  }
  static UpdateLevels adding(std::string sku, std::string warehouse, Quantity delta) {
    return UpdateLevels{.updates = {{.sku = std::move(sku),
                                     .warehouse_id = std::move(warehouse),
                                     .is_delta = true,
                                     .quantity = delta}},
                        .if_match = {}};
  }
  static Quantity on_hand(const View& view, std::string_view sku) {
    return view.find_item(sku)->find_level(0)->on_hand;
  }

  std::string own_ = make_warehouse("own");
};

TEST_F(DraftTest, it_reads_as_edited_and_the_state_below_stays) {
  Draft draft(state);
  draft.edit_item("A")->safety_stock = 7;
  EXPECT_EQ(draft.find_item("A")->safety_stock, 7);
  EXPECT_EQ(state.find_item("A")->safety_stock, 0);
  EXPECT_EQ(draft.find_item("nothing"), nullptr);
  EXPECT_EQ(draft.items().size(), 1U);
}

TEST_F(DraftTest, what_it_edits_is_known_by_the_mark_that_the_state_gives) {
  make_item("B");
  Draft group(state);
  {
    Draft above(static_cast<const View&>(group));
    above.edit_item("B")->safety_stock = 1;
    above.edit_item("new")->safety_stock = 2;
    above.edit_item("A")->safety_stock = 3;
    EXPECT_EQ(above.look_up_item("A").mark, state.look_up_item("A").mark);
    group.absorb(std::move(above));
  }
  EXPECT_EQ(group.marks(),
            (std::vector{state.look_up_item("B").mark, std::uint64_t{0}, state.look_up_item("A").mark}));
  // What the state does not have is told by its name, however many there are.
  Draft above(static_cast<const View&>(group));
  for (const auto* sku : {"newer", "new", "B"}) above.edit_item(sku)->safety_stock += 10;
  group.absorb(std::move(above));
  EXPECT_EQ(group.marks().size(), 4U);
  EXPECT_EQ(group.find_item("B")->safety_stock, 11);
  EXPECT_EQ(group.find_item("new")->safety_stock, 12);
  EXPECT_EQ(group.find_item("A")->safety_stock, 3);
  EXPECT_EQ(group.find_item("newer")->safety_stock, 10);
}

TEST_F(DraftTest, a_decision_is_judged_on_the_drafts_before_it_and_dropped_without_a_trace) {
  Draft group(state);
  auto first = decide_on(group, adding("A", own_, -6));
  group.absorb(std::move(*first->draft));
  EXPECT_EQ(on_hand(group, "A"), 4);
  {
    const auto dropped = decide_on(group, adding("A", own_, 90));
    EXPECT_EQ(on_hand(*dropped->draft, "A"), 94);
  }
  EXPECT_EQ(verdict(decide_on(group, adding("A", own_, -6))), "NEGATIVE_QUANTITY");
  EXPECT_EQ(on_hand(group, "A"), 4);
  EXPECT_EQ(on_hand(state, "A"), 10);
}

TEST_F(DraftTest, what_was_absorbed_is_what_is_edited_next) {
  Draft group(state);
  Draft above(static_cast<const View&>(group));
  ASSERT_NE(above.find_item("A"), nullptr);
  above.edit_item("A")->safety_stock = 7;
  group.absorb(std::move(above));
  EXPECT_EQ(group.edit_item("A")->safety_stock, 7);
  EXPECT_EQ(group.items().size(), 1U);
}

TEST_F(DraftTest, what_was_looked_at_before_something_else_was_absorbed_is_still_what_is_edited) {
  make_item("B");
  Draft group(state);
  Draft above(static_cast<const View&>(group));
  above.edit_item("B");
  ASSERT_NE(above.find_item("A"), nullptr);
  group.absorb(std::move(above));
  EXPECT_EQ(group.edit_item("A")->sku, "A");
  EXPECT_EQ(group.edit_item("A"), group.find_item("A"));
  EXPECT_EQ(group.items().size(), 2U);
}

TEST_F(DraftTest, an_item_that_is_absorbed_twice_is_there_once_as_it_was_last) {
  Draft group(state);
  for (int i = 0; i < 3; ++i) group.absorb(std::move(*decide_on(group, adding("A", own_, 1))->draft));
  for (int i = 0; i < 30; ++i) {
    group.absorb(std::move(*decide_on(group, CreateItem{"new " + std::to_string(i), {}})->draft));
    group.absorb(std::move(*decide_on(group, adding("new " + std::to_string(i), own_, i))->draft));
  }
  EXPECT_EQ(group.items().size(), 31U);
  EXPECT_EQ(on_hand(group, "A"), 13);
  for (int i = 0; i < 30; ++i) EXPECT_EQ(on_hand(group, "new " + std::to_string(i)), i);
}

TEST_F(DraftTest, a_reference_is_held_and_free_as_the_drafts_say) {
  const auto below = reservation_of(hold("order", {{.sku = "A", .quantity = 1}}))->id;
  Draft group(state);
  ASSERT_EQ(group.find_held("order")->id, below);
  group.absorb(std::move(*decide_on(group, ReleaseReservation{below.text()})->draft));
  EXPECT_EQ(group.find_held("order"), nullptr);
  EXPECT_EQ(group.find_reservation(below)->status, ReservationStatus::released);
  std::vector<ReservationId> ids;
  for (int i = 0; i < 3; ++i) {
    auto held =
        decide_on(group, HoldReservation{.reference = "order", .lines = {{.sku = "A", .quantity = 1}}});
    ids.push_back(reservation_of(held)->id);
    group.absorb(std::move(*held->draft));
    ASSERT_NE(group.find_held("order"), nullptr);
    EXPECT_EQ(group.find_held("order")->id, ids.back());
    if (i == 2) break;
    group.absorb(std::move(*decide_on(group, ReleaseReservation{ids.back().text()})->draft));
    EXPECT_EQ(group.find_held("order"), nullptr);
  }
  EXPECT_EQ(group.reservations().size(), 4U);
  EXPECT_EQ(state.find_held("order")->id, below);
}

TEST_F(DraftTest, tenants_keys_warehouses_and_answers_are_taken_over_too) {
  Draft group(state);
  auto tenant = decide_on(group, CreateTenant{"acme"});
  const auto tenant_id = std::get<Tenant>(tenant->outcome).id;
  group.absorb(std::move(*tenant->draft));
  EXPECT_EQ(verdict(decide_on(group, CreateTenant{"acme"})), "TENANT_EXISTS");
  EXPECT_NE(group.find_tenant(tenant_id), nullptr);

  auto key = decide_on(group, CreateKey{.tenant = tenant_id});
  const auto key_id = std::get<ApiKey>(key->outcome).id;
  group.absorb(std::move(*key->draft));
  group.absorb(std::move(*decide_on(group, RevokeKey{key_id})->draft));
  EXPECT_TRUE(group.find_key(key_id)->revoked_at);
  EXPECT_EQ(group.keys().size(), 1U);

  group.absorb(std::move(*decide_on(group, CreateWarehouse{.name = "second"})->draft));
  group.absorb(std::move(*decide_on(group, CreateWarehouse{.name = "third"})->draft));
  ASSERT_EQ(group.warehouses()->size(), 3U);
  EXPECT_EQ(group.warehouses()->at(2).name, "third");
  EXPECT_EQ(state.warehouses()->size(), 1U);

  const View& below = group;
  Draft above(below);
  above.keep_answer({.key = "k", .body = "first"});
  group.absorb(std::move(above));
  Draft later(below);
  later.keep_answer({.key = "k", .body = "second"});
  group.absorb(std::move(later));
  EXPECT_EQ(group.find_answer("k")->body, "second");
  EXPECT_EQ(group.find_answer("other"), nullptr);
  EXPECT_EQ(state.find_answer("k"), nullptr);
}

TEST_F(DraftTest, a_key_of_the_state_below_is_copied_when_it_is_edited) {
  run(CreateTenant{"acme"}).value();
  const auto key = run(CreateKey{.tenant = state.find_tenant("acme")->id});
  const auto id = std::get<ApiKey>(key.value().outcome).id;
  Draft group(state);
  group.absorb(std::move(*decide_on(group, RevokeKey{id})->draft));
  EXPECT_TRUE(group.find_key(id)->revoked_at);
  EXPECT_FALSE(state.find_key(id)->revoked_at);
  EXPECT_EQ(group.edit_key(KeyId{}), nullptr);
}

}  // namespace
}  // namespace nexus::domain
