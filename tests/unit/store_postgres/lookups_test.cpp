// Lookups gather behind one that is under way, and do not wait for it for long.

#include <chrono>
#include <future>

#include <gtest/gtest.h>

#include "opened_store.hpp"
#include "store/wait.hpp"

namespace nexus::store {

namespace {

TEST(PostgresLookupsTest, one_is_answered_beside_another_that_is_stuck) {
  test::OpenedStore store(std::chrono::seconds(20));
  auto& other = store.other();
  other.run("BEGIN");
  other.run("LOCK TABLE api_keys IN ACCESS EXCLUSIVE MODE");

  auto stuck = std::async(std::launch::async,
                          [&] { return wait(store.engine().find_key(domain::KeyDigest{})) == nullptr; });
  other.wait_for_a_waiter();
  EXPECT_FALSE(
      wait(store.engine().read_item(domain::TenantId{}, "BLUE-WIDGET", [](const auto&, const auto&) {})));

  EXPECT_EQ(stuck.wait_for(std::chrono::seconds(0)), std::future_status::timeout);
  other.run("COMMIT");
  EXPECT_TRUE(stuck.get());
}

}  // namespace

}  // namespace nexus::store
