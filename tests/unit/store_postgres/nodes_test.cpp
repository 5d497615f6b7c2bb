// Several nodes write one tenant, each by a clock of its own.

#include <algorithm>
#include <memory>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "session.hpp"
#include "store/postgres/postgres_store.hpp"
#include "store/wait.hpp"
#include "support/manual_clock.hpp"
#include "support/postgres_server.hpp"

namespace nexus::store {

namespace {

using namespace domain;

class Node {
 public:
  Node(const std::string& url, Time now) : clock_(now), store_(open_postgres_store({.url = url}, clock_)) {}

  void advance_clock() { clock_.advance_seconds(1); }
  bool is_open() const { return store_.has_value(); }
  Result<Executed> execute(TenantId tenant, Request request) {
    return wait((*store_)->execute({.tenant = tenant, .actor = "till", .request = std::move(request)}, {}));
  }
  std::string make_warehouse(TenantId tenant, const std::string& name) {
    const auto made = execute(tenant, CreateWarehouse{.name = name}).value();
    return std::get<Warehouse>(made.outcome).id.text();
  }
  std::vector<std::string> problems() { return (*store_)->verify(nullptr).value().problems; }
  Result<Executed> put(TenantId tenant, const std::string& warehouse) {
    LevelUpdate update{.sku = "A", .warehouse_id = warehouse, .quantity = 1};
    return execute(tenant, UpdateLevels{.updates = {std::move(update)}});
  }

 private:
  test::ManualClock clock_;
  Result<std::unique_ptr<Engine>> store_;
};

TEST(PostgresNodesTest, every_node_knows_the_warehouses_of_all_whichever_clock_is_behind) {
  test::PostgresServer server;
  const auto url = server.make_schema();
  constexpr Time now{1'773'324'000'000};
  Node ahead(url, now);
  Node behind(url, now);
  ASSERT_TRUE(ahead.is_open() && behind.is_open());
  const auto tenant = std::get<Tenant>(ahead.execute({}, CreateTenant{"shop"}).value().outcome).id;
  ASSERT_TRUE(ahead.execute(tenant, CreateItem{.sku = "A", .settings = {}}));

  std::vector<std::string> warehouses;
  const auto make = [&](Node& node) {
    warehouses.push_back(node.make_warehouse(tenant, "number " + std::to_string(warehouses.size())));
  };
  // First they are of one moment, and told apart by their numbers alone.
  for (int i = 0; i < 3; ++i) {
    make(ahead);
    make(behind);
  }
  // Nodes learn the time from each other where they take new numbers: the second of these takes none.
  make(ahead);
  ahead.advance_clock();
  make(ahead);
  make(behind);

  EXPECT_TRUE(std::ranges::is_sorted(warehouses));
  EXPECT_EQ(ahead.problems(), std::vector<std::string>());
  for (auto* node : {&ahead, &behind}) {
    for (const auto& warehouse : warehouses) {
      const auto done = node->put(tenant, warehouse);
      EXPECT_TRUE(done) << done.error().message;
    }
  }
}

TEST(PostgresNodesTest, verify_names_a_warehouse_that_would_not_be_found) {
  test::PostgresServer server;
  const auto url = server.make_schema();
  Node node(url, Time{1'773'324'000'000});
  ASSERT_TRUE(node.is_open());
  const auto tenant = std::get<Tenant>(node.execute({}, CreateTenant{"shop"}).value().outcome).id;
  node.make_warehouse(tenant, "Berlin");
  node.make_warehouse(tenant, "Ulm");

  test::Session(url).run(
      "UPDATE warehouses SET id = '00000000-0000-0000-0000-000000000001' WHERE number = 1");

  const auto problems = node.problems();
  ASSERT_EQ(problems.size(), 1U);
  EXPECT_NE(problems[0].find("wh_00000000000000000000000001"), std::string::npos) << problems[0];
}

}  // namespace

}  // namespace nexus::store
