// Lookups gather behind one that is under way, and do not wait for it for long.

#include <chrono>
#include <future>
#include <string>
#include <thread>

#include <gtest/gtest.h>

#include "session.hpp"
#include "store/postgres/postgres_store.hpp"
#include "store/wait.hpp"
#include "support/manual_clock.hpp"
#include "support/postgres_server.hpp"

namespace nexus::store {

namespace {

TEST(PostgresLookupsTest, one_is_answered_beside_another_that_is_stuck) {
  test::PostgresServer server;
  const test::ManualClock clock;
  const auto url = server.make_schema();
  auto engine = open_postgres_store({.url = url, .patience = std::chrono::seconds(20)}, clock);
  ASSERT_TRUE(engine) << engine.error().message;
  test::Session other(url);
  other.run("BEGIN");
  other.run("LOCK TABLE api_keys IN ACCESS EXCLUSIVE MODE");

  auto stuck = std::async(std::launch::async,
                          [&] { return wait((*engine)->find_key(domain::KeyDigest{})) == nullptr; });
  while (!other.run("SELECT 1 FROM pg_locks WHERE NOT granted"))
    std::this_thread::sleep_for(std::chrono::milliseconds(10));
  EXPECT_FALSE(
      wait((*engine)->read_item(domain::TenantId{}, "BLUE-WIDGET", [](const auto&, const auto&) {})));

  EXPECT_EQ(stuck.wait_for(std::chrono::seconds(0)), std::future_status::timeout);
  other.run("COMMIT");
  EXPECT_TRUE(stuck.get());
}

}  // namespace

}  // namespace nexus::store
