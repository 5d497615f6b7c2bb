// A resolver that does not answer must not hold up what else the engine does: everything but connecting goes
// on while a name is looked up.

#include <chrono>
#include <cstring>
#include <dlfcn.h>
#include <exception>
#include <netdb.h>
#include <optional>
#include <semaphore>
#include <string>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/post.hpp>
#include <gtest/gtest.h>

#include "store/postgres/connection.hpp"

namespace {

constexpr const char* slow_name = "database.test";
constexpr std::chrono::seconds patience(10);

std::binary_semaphore loop_went_on{0};

}  // namespace

// In place of the C library's, for this program and the libraries that it loads: looks the slow name up only
// once the loop has done something else.
extern "C" int getaddrinfo(const char* node, const char* service, const addrinfo* hints, addrinfo** found) {
  static const auto real = reinterpret_cast<decltype(&getaddrinfo)>(::dlsym(RTLD_NEXT, "getaddrinfo"));
  if (node == nullptr || std::strcmp(node, slow_name) != 0) return real(node, service, hints, found);
  if (!loop_went_on.try_acquire_for(patience)) return EAI_AGAIN;
  return real("127.0.0.1", service, hints, found);
}

namespace nexus::store::postgres {

namespace {

TEST(PostgresNamesTest, are_looked_up_while_everything_else_goes_on) {
  // Nobody listens there.
  const auto target = Target::parse(std::string("postgresql://nobody@") + slow_name + ":1/none");
  ASSERT_TRUE(target) << target.error().message;
  boost::asio::io_context context(1);
  Connection connection(context, *target, "");
  std::optional<std::string> why;
  boost::asio::co_spawn(context, connection.open(patience),
                        [&](const std::exception_ptr&, std::optional<std::string> failed) { why = failed; });
  boost::asio::post(context, [] { loop_went_on.release(); });

  context.run();

  ASSERT_TRUE(why);
  EXPECT_NE(why->find("\"127.0.0.1\", port 1 failed"), std::string::npos) << *why;
}

}  // namespace

}  // namespace nexus::store::postgres
