// What is told of a database that takes connections and says nothing.

#include "store/postgres/pool.hpp"

#include <chrono>
#include <string>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <gtest/gtest.h>

namespace nexus::store::postgres {

namespace {

namespace asio = boost::asio;

TEST(PostgresPoolTest, one_that_is_not_reached_says_which_server_kept_silent) {
  asio::io_context context(1);
  // The kernel takes them, and nobody reads.
  const asio::ip::tcp::acceptor silent(context, {asio::ip::address_v4::loopback(), 0});
  const auto port = std::to_string(silent.local_endpoint().port());
  // So many that one attempt after the other ends well behind the patience of all.
  std::string hosts = "127.0.0.1:" + port;
  for (int more = 1; more < 50; ++more) hosts += ",127.0.0.1:" + port;
  const auto target = Target::parse("postgresql://nobody@" + hosts + "/none").value();
  Pool pool(context, target, {.readers = 1, .writers = 1, .patience = std::chrono::milliseconds(100)});
  pool.start();

  Result<void> reached;
  asio::co_spawn(context, pool.wait_until_reachable(), [&](const std::exception_ptr&, Result<void> result) {
    reached = std::move(result);
    pool.stop();
  });
  context.run();

  ASSERT_FALSE(reached);
  const auto told = domain::told_to_host(reached.error());
  EXPECT_TRUE(told.starts_with("the database cannot be reached: the server at 127.0.0.1 does not answer; "))
      << told;
}

}  // namespace

}  // namespace nexus::store::postgres
