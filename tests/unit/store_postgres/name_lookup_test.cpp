// A resolver that does not answer must not hold up what else the engine does: everything but connecting goes
// on while a name is looked up, and an attempt to connect does not wait for it longer than for a server.

#include <atomic>
#include <chrono>
#include <cstring>
#include <dlfcn.h>
#include <exception>
#include <memory>
#include <netdb.h>
#include <optional>
#include <semaphore>
#include <string>
#include <thread>
#include <vector>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/post.hpp>
#include <gtest/gtest.h>

#include "store/postgres/connection.hpp"

namespace {

constexpr const char* slow_name = "database.test";
constexpr std::chrono::seconds patience(10);
constexpr std::chrono::milliseconds impatience(50);

// What the resolver waits for before it answers, and how often it was asked.
std::binary_semaphore may_answer{0};
std::atomic<int> asked = 0;
std::atomic<int> answered = 0;

}  // namespace

// In place of the C library's, for this program and the libraries that it loads: looks the slow name up only
// once it may.
extern "C" int getaddrinfo(const char* node, const char* service, const addrinfo* hints, addrinfo** found) {
  static const auto real = reinterpret_cast<decltype(&getaddrinfo)>(::dlsym(RTLD_NEXT, "getaddrinfo"));
  if (node == nullptr || std::strcmp(node, slow_name) != 0) return real(node, service, hints, found);
  ++asked;
  const bool is_allowed = may_answer.try_acquire_for(patience);
  const int result = is_allowed ? real("127.0.0.1", service, hints, found) : EAI_AGAIN;
  ++answered;
  return result;
}

namespace nexus::store::postgres {

namespace {

class PostgresNamesTest : public testing::Test {
 protected:
  void SetUp() override { asked = answered = 0; }

  // Nobody listens there.
  Target target_ = Target::parse(std::string("postgresql://nobody@") + slow_name + ":1/none").value();
};

// One that is opened as often as somebody likes to.
class Attempts {
 public:
  explicit Attempts(const Target& target) : target_(target) {}

  // Why each of so many attempts at the same time came to nothing.
  std::vector<std::string> fail(std::size_t count, std::chrono::milliseconds limit) {
    std::vector<std::string> reasons;
    std::vector<std::unique_ptr<Connection>> connections;
    for (std::size_t i = 0; i < count; ++i) {
      connections.push_back(std::make_unique<Connection>(context_, names_, target_, ""));
      boost::asio::co_spawn(context_, connections.back()->open(limit),
                            [&](const std::exception_ptr&, std::optional<std::string> failed) {
                              reasons.push_back(failed.value_or("it was opened"));
                            });
    }
    context_.restart();
    context_.run();
    return reasons;
  }

  boost::asio::io_context& context() { return context_; }

 private:
  const Target& target_;
  boost::asio::io_context context_{1};
  NameLookups names_{context_};
};

std::vector<std::string> all_of(std::size_t count, const std::string& reason) {
  return std::vector<std::string>(count, reason);
}

void let_the_resolver_end() {
  may_answer.release();
  while (answered == 0) std::this_thread::sleep_for(std::chrono::milliseconds(1));
}

constexpr const char* not_in_time = "the name database.test is not looked up in time";
constexpr const char* nobody_there = "database.test: connection to server at \"127.0.0.1\", port 1 failed";

TEST_F(PostgresNamesTest, are_looked_up_while_everything_else_goes_on) {
  Attempts attempts(target_);
  boost::asio::post(attempts.context(), [] { may_answer.release(); });
  const auto reasons = attempts.fail(1, patience);
  ASSERT_EQ(reasons.size(), 1U);
  EXPECT_NE(reasons[0].find(nobody_there), std::string::npos) << reasons[0];
}

TEST_F(PostgresNamesTest, are_waited_for_no_longer_than_a_server_is) {
  Attempts attempts(target_);
  EXPECT_EQ(attempts.fail(1, impatience), all_of(1, not_in_time));
  EXPECT_EQ(answered, 0);
  let_the_resolver_end();
}

TEST_F(PostgresNamesTest, do_not_keep_the_hosts_behind_them_from_being_tried) {
  const auto both = Target::parse(std::string("postgresql://nobody@") + slow_name + ",127.0.0.1:1/none");
  Attempts attempts(*both);
  const auto reasons = attempts.fail(1, impatience);
  ASSERT_EQ(reasons.size(), 1U);
  EXPECT_TRUE(reasons[0].starts_with(not_in_time)) << reasons[0];
  EXPECT_NE(reasons[0].find("\"127.0.0.1\", port"), std::string::npos) << reasons[0];
  let_the_resolver_end();
}

TEST_F(PostgresNamesTest, are_looked_up_once_at_a_time_however_many_ask_and_however_often) {
  Attempts attempts(target_);
  for (int round = 0; round < 3; ++round) EXPECT_EQ(attempts.fail(8, impatience), all_of(8, not_in_time));
  let_the_resolver_end();
  EXPECT_EQ(asked, 1);
}

// Else a resolver that takes longer than an attempt would never be of any use.
TEST_F(PostgresNamesTest, that_are_found_late_are_known_to_the_next_attempt) {
  Attempts attempts(target_);
  EXPECT_EQ(attempts.fail(1, impatience), all_of(1, not_in_time));
  let_the_resolver_end();
  const auto late = attempts.fail(1, patience);
  EXPECT_NE(late.at(0).find(nobody_there), std::string::npos) << late.at(0);
  EXPECT_EQ(asked, 1);

  may_answer.release();
  const auto fresh = attempts.fail(1, patience);
  EXPECT_NE(fresh.at(0).find(nobody_there), std::string::npos) << fresh.at(0);
  EXPECT_EQ(asked, 2) << "what one attempt used is looked up anew for the next";
}

TEST_F(PostgresNamesTest, do_not_hold_up_closing) {
  {
    Attempts attempts(target_);
    EXPECT_EQ(attempts.fail(1, impatience), all_of(1, not_in_time));
  }
  EXPECT_EQ(answered, 0);
  let_the_resolver_end();
}

}  // namespace

}  // namespace nexus::store::postgres
