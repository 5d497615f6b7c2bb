// Tenants and keys.

#include "unit/domain/world.hpp"

namespace nexus::domain {
namespace {

struct AccessRulesTest : World, ::testing::Test {
  TenantId make_tenant(std::string name) {
    return std::get<Tenant>(run(CreateTenant{std::move(name)}).value().outcome).id;
  }
  ApiKey make_key(TenantId tenant, std::optional<std::int64_t> expires_in_seconds = std::nullopt) {
    return std::get<ApiKey>(run(CreateKey{.tenant = tenant,
                                          .name = "till",
                                          .owner = "ada@example.com",
                                          .scopes = {Scope::inventory_read},
                                          .expires_in_seconds = expires_in_seconds})
                                .value()
                                .outcome);
  }
};

TEST_F(AccessRulesTest, a_tenants_name_is_taken_once) {
  const auto id = make_tenant("acme");
  EXPECT_EQ(verdict(run(CreateTenant{"acme"})), "TENANT_EXISTS");
  ASSERT_NE(state.find_tenant("acme"), nullptr);
  EXPECT_EQ(state.find_tenant("acme")->id, id);
  EXPECT_EQ(state.find_tenant(id)->created_at, now);
}

TEST_F(AccessRulesTest, a_key_belongs_to_a_tenant_that_exists) {
  EXPECT_EQ(verdict(run(CreateKey{})), "TENANT_NOT_FOUND");
  const auto tenant = make_tenant("acme");
  const auto key = make_key(tenant, 90);
  ASSERT_NE(state.find_key(key.id), nullptr);
  EXPECT_EQ(state.find_key(key.id)->tenant, tenant);
  EXPECT_EQ(key.expires_at, now.plus_ms(90'000));
}

TEST_F(AccessRulesTest, a_key_is_valid_until_it_expires_or_is_revoked) {
  const auto tenant = make_tenant("acme");
  const auto key = make_key(tenant, 90);
  EXPECT_TRUE(key.is_valid_at(now));
  EXPECT_TRUE(key.is_valid_at(now.plus_ms(89'999)));
  EXPECT_FALSE(key.is_valid_at(now.plus_ms(90'000)));
  const auto other = make_key(tenant);
  EXPECT_TRUE(other.is_valid_at(Time{INT64_MAX}));
  const auto revoked = std::get<ApiKey>(run(RevokeKey{other.id}).value().outcome);
  EXPECT_EQ(revoked.revoked_at, now);
  EXPECT_FALSE(state.find_key(other.id)->is_valid_at(now));
  EXPECT_TRUE(state.find_key(key.id)->is_valid_at(now));
}

TEST_F(AccessRulesTest, revoking_again_changes_nothing) {
  const auto key = make_key(make_tenant("acme"));
  run(RevokeKey{key.id}).value();
  const auto first = now;
  now = now.plus_ms(5);
  EXPECT_TRUE(run(RevokeKey{key.id}).value().events.empty());
  EXPECT_EQ(state.find_key(key.id)->revoked_at, first);
  EXPECT_EQ(verdict(run(RevokeKey{})), "KEY_NOT_FOUND");
}

TEST(ScopeTest, no_scope_implies_another_but_all_of_them) {
  ApiKey key{.scopes = {Scope::inventory_write}};
  EXPECT_TRUE(key.allows(Scope::inventory_write));
  EXPECT_FALSE(key.allows(Scope::inventory_read));
  EXPECT_FALSE(key.allows(Scope::inventory_admin));
  key.scopes = {Scope::all};
  for (const auto scope :
       {Scope::inventory_read, Scope::inventory_write, Scope::inventory_admin, Scope::inventory_sync}) {
    EXPECT_TRUE(key.allows(scope));
  }
  key.scopes = {};
  EXPECT_FALSE(key.allows(Scope::inventory_read));
}

}  // namespace
}  // namespace nexus::domain
