// What was answered is there when the store is opened again, after a close or a crash, and goes on from
// there. For the engines that keep their data.

#include "contract/contract_test.hpp"
#include "contract/snapshot.hpp"

namespace nexus::contract {
namespace {

class ReopenTest : public ContractTest {
 protected:
  std::string all() { return snapshot(*store_, {"A", "B", "gone"}); }

  // A little of everything.
  void fill() {
    berlin_ = make_warehouse("Berlin");
    const auto fba = make_warehouse("FBA EU", WarehouseType::fba);
    execute(ChangeWarehouse{.id = berlin_, .name = "Mitte", .address = "Am Ufer 1"}).value();
    make_item("A", 5);
    make_item("B");
    make_item("gone");
    for (Quantity i = 0; i < 40; ++i) {
      clock_.advance_ms(i % 3);
      put(i % 2 == 0 ? "A" : "B", berlin_, 10 + i).value();
    }
    sync("A", fba, 100, 3).value();
    execute(DeleteItem{.sku = "gone", .if_match = {}}).value();
    execute(ChangeItem{.sku = "B", .low_threshold = Threshold{77}}).value();
    held_ = id_of(hold("held", {{.sku = "A", .quantity = 2}}, 3600));
    const auto part = id_of(hold("part", {{.sku = "A", .quantity = 4}}));
    execute(ShipReservation{part, {{{.sku = "A", .quantity = 1, .warehouse_id = berlin_}}}}).value();
    const auto released = id_of(hold("released", {{.sku = "B", .quantity = 4}}));
    execute(ReleaseReservation{released}).value();
    CreateKey key{.tenant = tenant_, .name = "till", .owner = "ada@example.com", .scopes = {Scope::all}};
    key.digest.fill(9);
    wait(store_->execute({.tenant = {}, .actor = "host", .request = key}, std::nullopt)).value();
    make_tenant("other");
  }

  std::string berlin_;
  std::string held_;
};

TEST_F(ReopenTest, everything_readable_is_the_same) {
  fill();
  const auto before = all();
  reopen();
  EXPECT_EQ(all(), before);
  reopen();
  EXPECT_EQ(all(), before);
}

TEST_F(ReopenTest, everything_readable_is_the_same_after_a_crash) {
  fill();
  const auto before = all();
  crash();
  EXPECT_EQ(all(), before);
  crash();
  EXPECT_EQ(all(), before);
  reopen();
  EXPECT_EQ(all(), before);
}

TEST_F(ReopenTest, skus_that_differ_only_at_their_ends_are_kept_apart) {
  const auto berlin = make_warehouse("Berlin");
  const std::string alike = "ACME-SHIRT-LONG-SLEEVE-";
  const std::vector<std::string> sizes{"XS", "M", "", "XL", "L", "S"};
  for (std::size_t i = 0; i < sizes.size(); ++i) {
    make_item(alike + sizes[i]);
    put(alike + sizes[i], berlin, static_cast<Quantity>(10 + i)).value();
  }
  reopen();
  for (std::size_t i = 0; i < sizes.size(); ++i) {
    EXPECT_EQ(on_hand(alike + sizes[i], berlin), static_cast<Quantity>(10 + i));
    EXPECT_EQ(history(alike + sizes[i]).value().size(), 1U);
  }
}

TEST_F(ReopenTest, an_answer_that_was_kept_is_given_again_until_it_expires) {
  const auto berlin = make_warehouse("Berlin");
  make_item("A");
  const auto send = [&](std::uint8_t fingerprint) {
    store::Idempotency idempotency{.key = "k", .fingerprint = {}, .render = {}};
    idempotency.fingerprint.fill(fingerprint);
    idempotency.render = [](const Executed& executed) {
      const auto& record = std::get<RecordOutcome>(executed.outcome);
      const auto body = executed.commit->adjustment_id(*record.adjustment).text();
      return store::RenderedAnswer{.status = 200, .etag = {}, .body = body};
    };
    LevelUpdate update{.sku = "A", .warehouse_id = berlin, .is_delta = true, .quantity = 5};
    return execute(UpdateLevels{.updates = {std::move(update)}, .if_match = {}}, std::move(idempotency));
  };
  const auto first = send(1).value();
  reopen();
  const auto again = send(1);
  ASSERT_TRUE(again);
  EXPECT_TRUE(again->is_replay);
  EXPECT_EQ(again->answer->body, first.answer->body);
  EXPECT_EQ(verdict(send(2)), "IDEMPOTENCY_KEY_REUSED");
  reopen();
  clock_.advance_ms(store::answer_kept_ms);
  EXPECT_FALSE(send(1)->is_replay);
}

TEST_F(ReopenTest, writing_goes_on_after_a_crash) {
  fill();
  const auto stood = on_hand("A", berlin_);
  crash();
  const auto first = change("A", berlin_, 1).value().commit->sequence;
  crash();
  EXPECT_EQ(change("A", berlin_, 1).value().commit->sequence, first + 1);
  execute(ChangeWarehouse{.id = berlin_, .name = "Spree"}).value();
  const auto version = item("A")->version;
  crash();
  EXPECT_EQ(item("A")->version, version);
  EXPECT_EQ(on_hand("A", berlin_), stood + 2);
}

TEST_F(ReopenTest, writing_goes_on_where_it_was) {
  fill();
  const auto version = item("A")->version;
  const auto newest = history("A")->front();
  const auto stood = on_hand("A", berlin_);
  reopen();
  const auto done = change("A", berlin_, 1);
  ASSERT_TRUE(done);
  EXPECT_EQ(item("A")->version, version + 1);
  EXPECT_EQ(on_hand("A", berlin_), stood + 1);
  EXPECT_GT(done->commit->sequence, newest.sequence);
  EXPECT_GT(history("A")->front().id, newest.id);
  EXPECT_EQ(verdict(hold("held", {{.sku = "A", .quantity = 1}})), "RESERVATION_EXISTS");
  make_item("gone");
  EXPECT_EQ(item("gone")->version, 3U);
}

TEST_F(ReopenTest, sequence_numbers_stay_dense) {
  fill();
  const auto before = change("A", berlin_, 1).value().commit->sequence;
  reopen();
  reopen();
  EXPECT_EQ(change("A", berlin_, 1).value().commit->sequence, before + 1);
}

TEST_F(ReopenTest, times_do_not_run_backwards_across_it) {
  fill();
  const auto before = change("A", berlin_, 1).value().commit->at;
  clock_.advance_seconds(-100'000);
  reopen();
  EXPECT_GE(change("A", berlin_, 1).value().commit->at, before);
}

TEST_F(ReopenTest, what_came_due_meanwhile_expires_at_once) {
  fill();
  const auto stood = reserved("A", berlin_);
  store_.reset();
  clock_.advance_seconds(7200);
  store_ = engine_.open(folder_->path(), clock_);
  EXPECT_EQ(when_closed(held_)->status, ReservationStatus::expired);
  EXPECT_EQ(reservation(held_)->closed_at, clock_.now());
  EXPECT_EQ(reserved("A", berlin_), stood - 2);
}

TEST_F(ReopenTest, an_expired_one_stays_expired) {
  fill();
  clock_.advance_seconds(3600);
  when_closed(held_);
  const auto before = all();
  reopen();
  EXPECT_EQ(all(), before);
}

TEST_F(ReopenTest, a_store_that_was_never_written_to_opens_again) {
  reopen();
  reopen();
  EXPECT_EQ(wait(store_->tenants()).size(), 1U);
  EXPECT_EQ(list({}).value(), Listed{});
}

}  // namespace
}  // namespace nexus::contract
