// Commands gather while a transaction of their tenant is under way, and do not wait for it to end.

#include <chrono>
#include <future>
#include <string>

#include <gtest/gtest.h>

#include "opened_store.hpp"
#include "store/wait.hpp"

namespace nexus::store {

namespace {

TEST(PostgresWriterTest, a_write_goes_on_beside_one_of_its_tenant_that_is_stuck) {
  test::OpenedStore store(std::chrono::seconds(20));
  domain::TenantId tenant;
  const auto execute = [&](domain::Request request) {
    return wait(
        store.engine().execute({.tenant = tenant, .actor = "till", .request = std::move(request)}, {}));
  };
  tenant = std::get<domain::Tenant>(execute(domain::CreateTenant{"shop"}).value().outcome).id;
  ASSERT_TRUE(execute(domain::CreateItem{.sku = "STUCK", .settings = {}}));
  ASSERT_TRUE(execute(domain::CreateItem{.sku = "FREE", .settings = {}}));
  auto& other = store.other();
  other.run("BEGIN");
  other.run("SELECT 1 FROM items WHERE sku = 'STUCK' FOR UPDATE");

  const auto change = [&](const std::string& sku) {
    return execute(domain::ChangeItem{.sku = sku, .title = "Changed"}).has_value();
  };
  auto stuck = std::async(std::launch::async, change, "STUCK");
  other.wait_for_a_waiter();
  EXPECT_TRUE(change("FREE"));

  EXPECT_EQ(stuck.wait_for(std::chrono::seconds(0)), std::future_status::timeout);
  other.run("COMMIT");
  EXPECT_TRUE(stuck.get());
}

}  // namespace

}  // namespace nexus::store
