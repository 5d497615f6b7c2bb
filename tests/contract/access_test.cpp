// Tenants and keys: found by what names them, listed for the host, and apart from each other.

#include "contract/contract_test.hpp"
#include "support/describe.hpp"

namespace nexus::contract {
namespace {

using test::describe;

class AccessTest : public ContractTest {
 protected:
  Result<Executed> at_host(Request request) {
    return wait(
        store_->execute({.tenant = {}, .actor = "host", .request = std::move(request)}, std::nullopt));
  }

  ApiKey make_key(TenantId tenant, std::uint8_t digest,
                  std::optional<std::int64_t> expires_in_seconds = std::nullopt) {
    CreateKey request{.tenant = tenant,
                      .digest = digest_of(digest),
                      .name = "till",
                      .owner = "ada@example.com",
                      .scopes = {Scope::inventory_read, Scope::inventory_write},
                      .expires_in_seconds = expires_in_seconds,
                      .rate_limit_per_minute = 600};
    return std::get<ApiKey>(at_host(std::move(request)).value().outcome);
  }

  static KeyDigest digest_of(std::uint8_t byte) {
    KeyDigest digest;
    digest.fill(byte);
    return digest;
  }

  KeyPtr found(std::uint8_t digest) { return wait(store_->find_key(digest_of(digest))); }
};

TEST_F(AccessTest, a_key_is_found_by_its_digest_with_all_that_it_carries) {
  const auto made = make_key(tenant_, 7, 3600);
  ASSERT_TRUE(found(7));
  EXPECT_EQ(describe(*found(7)), describe(made));
  EXPECT_EQ(made.tenant, tenant_);
  EXPECT_EQ(made.expires_at, clock_.now().plus_ms(3'600'000));
  EXPECT_FALSE(found(8));
}

TEST_F(AccessTest, an_expired_key_is_found_and_says_so) {
  make_key(tenant_, 7, 60);
  clock_.advance_seconds(60);
  ASSERT_TRUE(found(7));
  EXPECT_FALSE(found(7)->is_valid_at(clock_.now()));
}

TEST_F(AccessTest, a_revoked_key_is_found_and_says_so) {
  const auto made = make_key(tenant_, 7);
  make_key(tenant_, 8);
  clock_.advance_seconds(5);
  ASSERT_TRUE(at_host(RevokeKey{made.id}));
  ASSERT_TRUE(found(7));
  EXPECT_EQ(found(7)->revoked_at, clock_.now());
  EXPECT_EQ(found(8)->revoked_at, std::nullopt);
}

TEST_F(AccessTest, revoking_twice_keeps_the_first_moment) {
  const auto made = make_key(tenant_, 7);
  at_host(RevokeKey{made.id}).value();
  const auto first = found(7)->revoked_at;
  clock_.advance_seconds(5);
  const auto again = at_host(RevokeKey{made.id});
  ASSERT_TRUE(again);
  EXPECT_TRUE(again->commit->events.empty());
  EXPECT_EQ(found(7)->revoked_at, first);
}

TEST_F(AccessTest, what_the_host_names_must_exist_and_a_tenants_name_is_taken_once) {
  EXPECT_EQ(verdict(at_host(CreateTenant{"acme"})), "TENANT_EXISTS");
  EXPECT_EQ(verdict(at_host(CreateTenant{"Acme"})), "done");
  EXPECT_EQ(verdict(at_host(CreateKey{.tenant = TenantId{}})), "TENANT_NOT_FOUND");
  EXPECT_EQ(verdict(at_host(RevokeKey{})), "KEY_NOT_FOUND");
}

TEST_F(AccessTest, tenants_and_keys_are_listed_in_the_order_of_their_creation) {
  const auto second = make_tenant("zeta");
  clock_.advance_ms(1);
  const auto third = make_tenant("beta");
  const auto tenants = wait(store_->tenants());
  ASSERT_EQ(tenants.size(), 3U);
  EXPECT_EQ(tenants[0].name, "acme");
  EXPECT_EQ(tenants[1].id, second);
  EXPECT_EQ(tenants[2].id, third);

  const auto a = make_key(third, 9);
  const auto b = make_key(tenant_, 3);
  const auto c = make_key(third, 5);
  const auto ids = [&](std::optional<TenantId> of) {
    std::vector<KeyId> out;
    for (const auto& key : wait(store_->keys(of))) out.push_back(key.id);
    return out;
  };
  EXPECT_EQ(ids(std::nullopt), (std::vector{a.id, b.id, c.id}));
  EXPECT_EQ(ids(third), (std::vector{a.id, c.id}));
  EXPECT_EQ(ids(second), std::vector<KeyId>{});
}

TEST_F(AccessTest, nothing_of_one_tenant_is_seen_through_another) {
  const auto berlin = make_warehouse("Berlin");
  make_item("SKU-001");
  put("SKU-001", berlin, 5).value();
  const auto order = id_of(hold("order-1", {{.sku = "SKU-001", .quantity = 1}}));

  tenant_ = make_tenant("other");
  EXPECT_FALSE(item("SKU-001"));
  EXPECT_EQ(list({}).value(), Listed{});
  EXPECT_TRUE(wait(store_->warehouses(tenant_))->empty());
  EXPECT_EQ(verdict(history("SKU-001")), "INVENTORY_NOT_FOUND");
  EXPECT_FALSE(reservation(order));
  EXPECT_TRUE(references({}).empty());
  EXPECT_EQ(verdict(execute(ReleaseReservation{order})), "RESERVATION_NOT_FOUND");
  EXPECT_EQ(verdict(activate(berlin, false)), "WAREHOUSE_NOT_FOUND");
  make_item("SKU-001", 3);
  EXPECT_EQ(verdict(put("SKU-001", berlin, 5)), "WAREHOUSE_NOT_FOUND");
  EXPECT_TRUE(history("SKU-001")->empty());
  const auto own = make_warehouse("Berlin");
  put("SKU-001", own, 9).value();
  EXPECT_EQ(verdict(hold("order-1", {{.sku = "SKU-001", .quantity = 1}})), "done");
  EXPECT_EQ(history("SKU-001")->size(), 1U);
  EXPECT_EQ(item("SKU-001")->safety_stock, 3);
}

TEST_F(AccessTest, an_id_that_no_tenant_has_reads_as_an_empty_tenant) {
  const auto berlin = make_warehouse("Berlin");
  make_item("SKU-001");
  put("SKU-001", berlin, 5).value();
  for (const TenantId unknown : {TenantId{}, TenantId{Ulid{1, 2}}}) {
    tenant_ = unknown;
    EXPECT_FALSE(item("SKU-001"));
    EXPECT_EQ(list({}).value(), Listed{});
    ASSERT_TRUE(wait(store_->warehouses(tenant_)));
    EXPECT_TRUE(wait(store_->warehouses(tenant_))->empty());
    EXPECT_EQ(verdict(list({.warehouse = WarehouseId::parse(berlin)})), "WAREHOUSE_NOT_FOUND");
    EXPECT_EQ(verdict(history("SKU-001")), "INVENTORY_NOT_FOUND");
    EXPECT_FALSE(reservation(ReservationId{}.text()));
    EXPECT_TRUE(references({}).empty());
  }
  EXPECT_EQ(wait(store_->tenants()).size(), 1U);
}

TEST_F(AccessTest, a_sku_may_be_asked_for_by_any_bytes) {
  for (const std::string& sku :
       {std::string(), std::string("\0", 1), std::string(100'000, 'x'), std::string("\xFF\xFE")}) {
    EXPECT_FALSE(item(sku));
    EXPECT_EQ(verdict(history(sku)), "INVENTORY_NOT_FOUND");
  }
}

}  // namespace
}  // namespace nexus::contract
