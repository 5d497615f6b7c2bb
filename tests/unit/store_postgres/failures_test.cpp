// What clients are told when the database says no.

#include <chrono>
#include <future>
#include <string>

#include <gtest/gtest.h>

#include "opened_store.hpp"
#include "store/wait.hpp"

namespace nexus::store {

namespace {

TEST(PostgresFailuresTest, clients_are_told_the_state_and_not_the_databases_own_words) {
  test::OpenedStore store(std::chrono::seconds(5));
  auto& other = store.other();
  other.run("BEGIN");
  other.run("LOCK TABLE items IN ACCESS EXCLUSIVE MODE");

  auto told = std::async(std::launch::async, [&]() -> std::string {
    try {
      wait(store.engine().read_item(domain::TenantId{}, "BLUE-WIDGET", [](const auto&, const auto&) {}));
    } catch (const Unavailable& refusal) {
      return refusal.what();
    }
    return "an answer";
  });
  while (told.wait_for(std::chrono::milliseconds(10)) != std::future_status::ready) {
    other.run(
        "SELECT pg_cancel_backend(pid) FROM pg_locks WHERE NOT granted AND relation = 'items'::regclass");
  }

  EXPECT_EQ(told.get(), "the database did not answer: SQLSTATE 57014");
}

}  // namespace

}  // namespace nexus::store
