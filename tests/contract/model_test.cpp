// Random commands on the engine and on the model beside it, with the same clock: after each batch everything
// readable is the same, whatever was closed or crashed and opened again in between. NEXUS_MODEL_SEED runs one
// seed again; NEXUS_MODEL_ROUNDS says how many seeds are tried.

#include <array>
#include <cstdlib>
#include <random>

#include "contract/contract_test.hpp"
#include "contract/snapshot.hpp"
#include "store/memory/memory_store.hpp"
#include "support/command_maker.hpp"
#include "support/describe.hpp"

namespace nexus::contract {
namespace {

std::string describe_result(const Result<Executed>& result) {
  if (!result) return verdict(result) + ": " + result.error().message;
  if (result->is_replay) return "replay " + test::describe(*result->answer);
  std::string out = std::to_string(result->commit->events.size()) + " events from " +
                    std::to_string(result->commit->sequence) + " at " + result->commit->at.text();
  if (const auto* record = std::get_if<RecordOutcome>(&result->outcome)) {
    out += " " + test::describe(record->item);
  } else if (const auto* held = std::get_if<ReservationOutcome>(&result->outcome)) {
    out += " " + test::describe(*held->reservation);
  } else if (const auto* updates = std::get_if<UpdatesOutcome>(&result->outcome)) {
    out += " updated " + std::to_string(updates->updated);
  }
  if (result->answer) out += " answer " + test::describe(*result->answer);
  return out;
}

class ModelTest : public ContractTest {
 protected:
  static constexpr int batches = 12;
  static constexpr int commands_in_batch = 60;

  void run(std::uint32_t seed) {
    SCOPED_TRACE("seed " + std::to_string(seed));
    dice_.seed(seed);
    start();
    for (int batch = 0; batch < batches && !HasFailure(); ++batch) {
      for (int i = 0; i < commands_in_batch && !HasFailure(); ++i) step();
      if (const auto dice = dice_() % 3; keeps_data() && dice != 0) dice == 1 ? reopen() : crash();
      let_time_pass();
      ASSERT_EQ(snapshot(*store_, test::CommandMaker::skus()), snapshot(*model_, test::CommandMaker::skus()))
          << "after batch " << batch;
    }
  }

 private:
  // Both from nothing, with two tenants.
  void start() {
    store_.reset();
    folder_ = std::make_unique<test::TemporaryFolder>();
    store_ = engine_.open(folder_->path(), clock_);
    model_ = store::make_memory_store(clock_);
    makers_ = {};
    for (std::size_t i = 0; i < tenants_.size(); ++i) {
      tenants_[i] = make_tenant("tenant " + std::to_string(i));
      const auto twin = wait(model_->execute(
          {.tenant = {}, .actor = "host", .request = CreateTenant{"tenant " + std::to_string(i)}}, {}));
      ASSERT_EQ(std::get<Tenant>(twin.value().outcome).id, tenants_[i]);
    }
  }

  void step() {
    const std::size_t who = dice_() % tenants_.size();
    const test::Step step{.kind = static_cast<std::uint32_t>(dice_()),
                          .sku = static_cast<std::uint32_t>(dice_()),
                          .warehouse = static_cast<std::uint32_t>(dice_()),
                          .quantity = static_cast<std::uint32_t>(dice_()),
                          .extra = static_cast<std::uint32_t>(dice_())};
    const Command command{.tenant = tenants_[who],
                          .actor = "actor " + std::to_string(step.extra % 3),
                          .request = makers_[who].make(step)};
    const auto idempotency = maybe_idempotency();
    const auto expected = wait(model_->execute(command, idempotency));
    const auto actual = wait(store_->execute(command, idempotency));
    ASSERT_EQ(describe_result(actual), describe_result(expected));
    if (expected) makers_[who].saw(expected->outcome, *wait(model_->warehouses(tenants_[who])));
    if (dice_() % 4 == 0) move_clock(static_cast<std::int64_t>(dice_() % 5));
  }

  std::optional<store::Idempotency> maybe_idempotency() {
    if (dice_() % 6 != 0) return std::nullopt;
    store::Idempotency idempotency{
        .key = "key " + std::to_string(dice_() % 8),
        .fingerprint = {},
        .render = [](const Executed& executed) {
          return store::RenderedAnswer{
              .status = 200, .etag = "e", .body = std::to_string(executed.commit->sequence)};
        }};
    idempotency.fingerprint.fill(static_cast<std::uint8_t>(dice_() % 3));
    return idempotency;
  }

  // Sometimes so long that reservations expire, one moment after the other, and sometimes that answers do.
  void let_time_pass() {
    const auto seconds = static_cast<std::int64_t>(dice_() % 40);
    move_clock(dice_() % 5 == 0 ? store::answer_kept_ms : seconds * 1000);
  }

  // An engine may let things expire a little later than they are due, the model does not.
  void move_clock(std::int64_t by_ms) {
    clock_.advance_ms(by_ms);
    for (const auto tenant : tenants_) {
      tenant_ = tenant;
      store::ReservationQuery query{.limit = 10'000};
      query.statuses.add(ReservationStatus::held);
      const auto held = wait(store_->list_reservations(tenant, query)).value();
      for (const auto& reservation : held.reservations) {
        if (reservation->expires_at && *reservation->expires_at <= clock_.now()) {
          when_closed(reservation->id.text());
        }
      }
    }
  }

  std::mt19937 dice_;
  std::unique_ptr<store::Store> model_;
  std::array<TenantId, 2> tenants_;
  std::array<test::CommandMaker, 2> makers_;
};

TEST_F(ModelTest, random_commands_leave_what_they_leave_in_the_model) {
  if (const char* seed = std::getenv("NEXUS_MODEL_SEED")) {
    run(static_cast<std::uint32_t>(std::atoll(seed)));
    return;
  }
  const char* rounds = std::getenv("NEXUS_MODEL_ROUNDS");
  const int count = rounds == nullptr ? 5 : std::atoi(rounds);
  for (int round = 0; round < count && !HasFailure(); ++round) run(1000U + static_cast<std::uint32_t>(round));
}

}  // namespace
}  // namespace nexus::contract
