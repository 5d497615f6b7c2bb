// Many clients at once: the outcome is that of some order of their requests.

#include <atomic>
#include <thread>

#include "contract/contract_test.hpp"

namespace nexus::contract {
namespace {

class RacesTest : public ContractTest {
 protected:
  RacesTest() : berlin_(make_warehouse("Berlin")) { make_item("SKU-001"); }

  // Runs `work(client)` for all clients at once.
  template <typename Work>
  void race(int clients, Work&& work) {
    std::atomic<bool> go = false;
    std::vector<std::thread> threads;
    for (int client = 0; client < clients; ++client) {
      threads.emplace_back([&, client] {
        while (!go) std::this_thread::yield();
        work(client);
      });
    }
    go = true;
    for (auto& thread : threads) thread.join();
  }

  std::string berlin_;
};

TEST_F(RacesTest, of_a_hundred_clients_that_want_the_last_unit_exactly_one_gets_it) {
  put("SKU-001", berlin_, 1).value();
  std::atomic<int> got = 0;
  std::atomic<int> refused = 0;
  race(100, [&](int client) {
    const auto held = hold("order-" + std::to_string(client), {{.sku = "SKU-001", .quantity = 1}});
    if (held) ++got;
    if (verdict(held) == "INSUFFICIENT_STOCK") ++refused;
  });
  EXPECT_EQ(got, 1);
  EXPECT_EQ(refused, 99);
  EXPECT_EQ(reserved("SKU-001", berlin_), 1);
  EXPECT_EQ(references({}).size(), 1U);
}

TEST_F(RacesTest, of_a_hundred_holds_of_one_reference_exactly_one_is_made) {
  put("SKU-001", berlin_, 1000).value();
  std::atomic<int> got = 0;
  race(100, [&](int) {
    if (hold("order-1", {{.sku = "SKU-001", .quantity = 1}})) ++got;
  });
  EXPECT_EQ(got, 1);
  EXPECT_EQ(reserved("SKU-001", berlin_), 1);
}

TEST_F(RacesTest, deltas_of_many_clients_add_up) {
  constexpr int clients = 20;
  constexpr int rounds = 50;
  race(clients, [&](int client) {
    for (int i = 0; i < rounds; ++i) change("SKU-001", berlin_, client + 1).value();
  });
  EXPECT_EQ(on_hand("SKU-001", berlin_), rounds * clients * (clients + 1) / 2);
  const auto lines = history("SKU-001").value();
  ASSERT_EQ(lines.size(), static_cast<std::size_t>(rounds * clients));
  for (std::size_t i = 0; i + 1 < lines.size(); ++i) {
    ASSERT_EQ(lines[i].before, lines[i + 1].after);
    ASSERT_EQ(lines[i].version, lines[i + 1].version + 1);
  }
  EXPECT_EQ(item("SKU-001")->version, lines.front().version);
}

TEST_F(RacesTest, of_many_compare_and_sets_of_one_number_exactly_one_wins) {
  std::atomic<int> won = 0;
  race(50, [&](int client) {
    LevelUpdate update{
        .sku = "SKU-001", .warehouse_id = berlin_, .quantity = client + 1, .expected_quantity = 0};
    if (execute(UpdateLevels{.updates = {std::move(update)}, .if_match = {}})) ++won;
  });
  EXPECT_EQ(won, 1);
  EXPECT_EQ(history("SKU-001")->size(), 1U);
}

TEST_F(RacesTest, one_request_sent_by_many_under_one_key_happens_once) {
  std::atomic<int> first = 0;
  std::atomic<int> replayed = 0;
  race(50, [&](int) {
    store::Idempotency idempotency{.key = "k", .fingerprint = {}, .render = [](const Executed&) {
                                     return store::RenderedAnswer{.status = 200, .etag = {}, .body = "done"};
                                   }};
    LevelUpdate update{.sku = "SKU-001", .warehouse_id = berlin_, .is_delta = true, .quantity = 7};
    const auto done =
        execute(UpdateLevels{.updates = {std::move(update)}, .if_match = {}}, std::move(idempotency));
    ASSERT_TRUE(done);
    EXPECT_EQ(done->answer->body, "done");
    ++(done->is_replay ? replayed : first);
  });
  EXPECT_EQ(first, 1);
  EXPECT_EQ(replayed, 49);
  EXPECT_EQ(on_hand("SKU-001", berlin_), 7);
}

TEST_F(RacesTest, a_reader_sees_bulks_whole_and_its_own_writes_at_once) {
  const auto ulm = make_warehouse("Ulm");
  put("SKU-001", berlin_, 100).value();
  put("SKU-001", ulm, 0).value();
  std::atomic<bool> stop = false;
  std::thread mover([&] {
    for (Quantity moved = 1; !stop; moved = moved % 50 + 1) {
      for (const Quantity sign : {1, -1}) {
        LevelUpdate from{
            .sku = "SKU-001", .warehouse_id = berlin_, .is_delta = true, .quantity = -sign * moved};
        LevelUpdate to{.sku = "SKU-001", .warehouse_id = ulm, .is_delta = true, .quantity = sign * moved};
        execute(UpdateLevels{.updates = {std::move(from), std::move(to)}, .is_bulk = true, .if_match = {}})
            .value();
      }
    }
  });
  race(4, [&](int client) {
    const auto sku = "own-" + std::to_string(client);
    make_item(sku);
    for (Quantity i = 1; i <= 50; ++i) {
      EXPECT_EQ(available("SKU-001"), 100);
      put(sku, berlin_, i).value();
      EXPECT_EQ(on_hand(sku, berlin_), i);
      EXPECT_EQ(list({.skus = {"SKU-001", sku}}).value().total, 2U);
    }
  });
  stop = true;
  mover.join();
}

TEST_F(RacesTest, warehouses_may_change_while_everyone_writes) {
  const auto ulm = make_warehouse("Ulm");
  std::atomic<int> done = 0;
  race(6, [&](int client) {
    for (int i = 0; i < 40; ++i) {
      if (client == 0) {
        activate(ulm, i % 2 != 0).value();
      } else if (change("SKU-001", client % 2 == 0 ? ulm : berlin_, 1)) {
        ++done;
      }
    }
  });
  activate(ulm, true).value();
  EXPECT_EQ(on_hand("SKU-001", ulm) + on_hand("SKU-001", berlin_), done);
  EXPECT_EQ(history("SKU-001")->size(), static_cast<std::size_t>(done));
}

}  // namespace
}  // namespace nexus::contract
