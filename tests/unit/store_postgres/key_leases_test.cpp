// A node may believe in a key without asking for it again; nobody may use one whose revocation was answered.

#include "store/postgres/key_leases.hpp"

#include <cstring>
#include <memory>
#include <string>

#include <gtest/gtest.h>

#include "session.hpp"
#include "store/postgres/postgres_store.hpp"
#include "store/wait.hpp"
#include "support/manual_clock.hpp"
#include "support/postgres_server.hpp"

namespace nexus::store {

namespace {

using namespace domain;
using postgres::KeyLeases;
using std::chrono::milliseconds;

KeyDigest digest_of(std::uint32_t number) {
  KeyDigest digest{};
  std::memcpy(digest.data(), &number, sizeof(number));
  return digest;
}

KeyPtr key_of(std::uint32_t number) {
  ApiKey key;
  key.digest = digest_of(number);
  return std::make_shared<const ApiKey>(std::move(key));
}

class KeyLeasesTest : public testing::Test {
 protected:
  KeyLeases leases_;
  KeyLeases::Clock::time_point asked_at_{milliseconds(1'000'000)};
};

TEST_F(KeyLeasesTest, a_key_is_believed_until_so_long_after_it_was_asked_for) {
  const auto key = key_of(1);
  leases_.keep(key, asked_at_);
  EXPECT_EQ(leases_.find(key->digest, asked_at_ + KeyLeases::length - milliseconds(1)), key);
  EXPECT_EQ(leases_.find(key->digest, asked_at_ + KeyLeases::length), nullptr);
  EXPECT_EQ(leases_.find(digest_of(2), asked_at_), nullptr);
}

TEST_F(KeyLeasesTest, that_there_is_no_such_key_is_not_kept) {
  leases_.keep(nullptr, asked_at_);
  EXPECT_EQ(leases_.find(digest_of(1), asked_at_), nullptr);
}

TEST_F(KeyLeasesTest, asked_again_a_key_is_as_it_was_answered_last) {
  leases_.keep(key_of(1), asked_at_);
  const auto newer = key_of(1);
  leases_.keep(newer, asked_at_ + KeyLeases::length);
  EXPECT_EQ(leases_.find(digest_of(1), asked_at_ + KeyLeases::length), newer);
}

TEST_F(KeyLeasesTest, so_many_are_kept_and_more_once_some_have_ended) {
  for (std::uint32_t i = 0; i < KeyLeases::leases_max; ++i) leases_.keep(key_of(i), asked_at_);
  const auto one_more = key_of(KeyLeases::leases_max);
  leases_.keep(one_more, asked_at_ + milliseconds(1));
  EXPECT_EQ(leases_.find(one_more->digest, asked_at_ + milliseconds(1)), nullptr);
  EXPECT_NE(leases_.find(digest_of(0), asked_at_), nullptr);

  leases_.keep(one_more, asked_at_ + KeyLeases::length);
  EXPECT_EQ(leases_.find(one_more->digest, asked_at_ + KeyLeases::length), one_more);
}

// Two nodes on one database, and a key that both may be asked for.
class RevokedKeyTest : public testing::Test {
 protected:
  void SetUp() override {
    ASSERT_TRUE(one_ && other_);
    const auto tenant = std::get<Tenant>(at_host(CreateTenant{"shop"}).outcome).id;
    const CreateKey wanted{
        .tenant = tenant, .digest = digest_of(7), .name = "till", .owner = "ada", .scopes = {Scope::all}};
    key_ = std::get<ApiKey>(at_host(wanted).outcome);
    ASSERT_TRUE(other_takes_it());
  }

  Executed at_host(Request request) {
    return wait((*one_)->execute({.tenant = {}, .actor = "host", .request = std::move(request)}, {})).value();
  }
  bool other_takes_it() { return wait((*other_)->find_key(key_.digest))->is_valid_at(clock_.now()); }

  test::PostgresServer server_;
  const std::string url_ = server_.make_schema();
  const test::ManualClock clock_;
  Result<std::unique_ptr<Engine>> one_ = open_postgres_store({.url = url_}, clock_);
  Result<std::unique_ptr<Engine>> other_ = open_postgres_store({.url = url_}, clock_);
  ApiKey key_;
};

TEST_F(RevokedKeyTest, once_the_revocation_is_answered_no_node_takes_it) {
  at_host(RevokeKey{key_.id});
  EXPECT_FALSE(other_takes_it());
}

TEST_F(RevokedKeyTest, that_it_was_revoked_already_is_not_answered_before_either) {
  test::Session(url_).run("UPDATE api_keys SET revoked_at = now()");
  at_host(RevokeKey{key_.id});
  EXPECT_FALSE(other_takes_it());
}

}  // namespace

}  // namespace nexus::store
