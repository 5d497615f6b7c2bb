// A request that is sent twice under one key happens once.

#include "contract/contract_test.hpp"

namespace nexus::contract {
namespace {

class IdempotencyTest : public ContractTest {
 protected:
  IdempotencyTest() : berlin_(make_warehouse("Berlin")) { make_item("SKU-001"); }

  // Adds `delta` under the key; the fingerprint stands for the whole request.
  Result<Executed> send(std::string key, std::uint8_t fingerprint, Quantity delta) {
    store::Idempotency idempotency{.key = std::move(key), .fingerprint = {}, .render = {}};
    idempotency.fingerprint.fill(fingerprint);
    idempotency.render = [this](const Executed& executed) {
      ++rendered_;
      EXPECT_FALSE(executed.is_replay);
      const auto& record = std::get<RecordOutcome>(executed.outcome);
      return store::RenderedAnswer{.status = 200,
                                   .etag = std::to_string(record.item.version),
                                   .body = executed.commit->adjustment_id(*record.adjustment).text()};
    };
    LevelUpdate update{.sku = "SKU-001", .warehouse_id = berlin_, .is_delta = true, .quantity = delta};
    return execute(UpdateLevels{.updates = {std::move(update)}, .if_match = {}}, std::move(idempotency));
  }

  std::string berlin_;
  std::atomic<int> rendered_ = 0;
};

TEST_F(IdempotencyTest, the_first_answer_is_made_once_and_comes_with_the_execution) {
  const auto first = send("k", 1, 5);
  ASSERT_TRUE(first);
  EXPECT_FALSE(first->is_replay);
  ASSERT_TRUE(first->answer);
  EXPECT_EQ(first->answer->status, 200);
  EXPECT_EQ(first->answer->etag, "2");
  EXPECT_EQ(first->answer->body, history("SKU-001")->front().id);
  EXPECT_EQ(first->answer->key, "k");
  EXPECT_EQ(first->answer->expires_at, clock_.now().plus_ms(store::answer_kept_ms));
  EXPECT_EQ(rendered_, 1);
}

TEST_F(IdempotencyTest, the_same_request_again_gets_the_first_answer_and_changes_nothing) {
  const auto first = send("k", 1, 5).value();
  change("SKU-001", berlin_, 1).value();
  const auto again = send("k", 1, 5);
  ASSERT_TRUE(again);
  EXPECT_TRUE(again->is_replay);
  ASSERT_TRUE(again->answer);
  EXPECT_EQ(again->answer->body, first.answer->body);
  EXPECT_EQ(again->answer->etag, first.answer->etag);
  EXPECT_EQ(again->answer->status, 200);
  EXPECT_EQ(on_hand("SKU-001", berlin_), 6);
  EXPECT_EQ(history("SKU-001")->size(), 2U);
  EXPECT_EQ(rendered_, 1);
}

TEST_F(IdempotencyTest, another_request_under_the_same_key_is_refused) {
  send("k", 1, 5).value();
  EXPECT_EQ(verdict(send("k", 2, 7)), "IDEMPOTENCY_KEY_REUSED");
  EXPECT_EQ(on_hand("SKU-001", berlin_), 5);
  EXPECT_EQ(verdict(send("K", 2, 7)), "done");
  EXPECT_EQ(on_hand("SKU-001", berlin_), 12);
}

TEST_F(IdempotencyTest, a_refusal_is_not_kept_and_may_be_tried_again) {
  EXPECT_EQ(verdict(send("k", 1, -5)), "NEGATIVE_QUANTITY");
  EXPECT_EQ(rendered_, 0);
  change("SKU-001", berlin_, 8).value();
  const auto again = send("k", 1, -5);
  ASSERT_TRUE(again);
  EXPECT_FALSE(again->is_replay);
  EXPECT_EQ(on_hand("SKU-001", berlin_), 3);
}

TEST_F(IdempotencyTest, an_answer_is_kept_for_a_day_and_no_longer) {
  send("k", 1, 5).value();
  clock_.advance_ms(store::answer_kept_ms - 1);
  EXPECT_TRUE(send("k", 1, 5)->is_replay);
  EXPECT_EQ(verdict(send("k", 2, 5)), "IDEMPOTENCY_KEY_REUSED");
  clock_.advance_ms(1);
  const auto later = send("k", 2, 5);
  ASSERT_TRUE(later);
  EXPECT_FALSE(later->is_replay);
  EXPECT_EQ(on_hand("SKU-001", berlin_), 10);
  EXPECT_TRUE(send("k", 2, 5)->is_replay);
}

TEST_F(IdempotencyTest, a_key_belongs_to_its_tenant) {
  const auto first = send("k", 1, 5).value();
  tenant_ = make_tenant("other");
  berlin_ = make_warehouse("Berlin");
  make_item("SKU-001");
  const auto other = send("k", 2, 7);
  ASSERT_TRUE(other);
  EXPECT_FALSE(other->is_replay);
  EXPECT_NE(other->answer->body, first.answer->body);
  EXPECT_EQ(on_hand("SKU-001", berlin_), 7);
}

TEST_F(IdempotencyTest, a_request_that_changes_nothing_is_answered_the_same_way_again) {
  const auto rename = [&] {
    store::Idempotency idempotency{.key = "r", .fingerprint = {}, .render = [&](const Executed&) {
                                     return store::RenderedAnswer{
                                         .status = 200, .etag = {}, .body = std::to_string(++rendered_)};
                                   }};
    return execute(ChangeWarehouse{.id = berlin_, .name = "Berlin"}, std::move(idempotency)).value();
  };
  EXPECT_EQ(rename().answer->body, "1");
  execute(ChangeWarehouse{.id = berlin_, .name = "Mitte"}).value();
  const auto again = rename();
  EXPECT_TRUE(again.is_replay);
  EXPECT_EQ(again.answer->body, "1");
  EXPECT_EQ(wait(store_->warehouses(tenant_))->front().name, "Mitte");
}

TEST_F(IdempotencyTest, a_large_answer_comes_back_byte_for_byte) {
  std::string body(300'000, '\0');
  for (std::size_t i = 0; i < body.size(); ++i) body[i] = static_cast<char>(i * 31 >> 3);
  const auto create = [&] {
    store::Idempotency idempotency{
        .key = std::string(255, 'k'), .fingerprint = {}, .render = [&](const Executed&) {
          return store::RenderedAnswer{.status = 201, .etag = {}, .body = body};
        }};
    return execute(CreateItem{"new", {}}, std::move(idempotency)).value();
  };
  create();
  const auto again = create();
  EXPECT_TRUE(again.is_replay);
  EXPECT_EQ(again.answer->status, 201);
  EXPECT_TRUE(again.answer->body == body);
}

}  // namespace
}  // namespace nexus::contract
