#include "service/host/access_admin.hpp"

#include "domain/text_rules.hpp"
#include "service/key_digest.hpp"
#include "store/wait.hpp"

namespace nexus::service {

namespace {

using domain::ApiKey;
using domain::ErrorCode;
using domain::fail;
using domain::Result;
using domain::Tenant;

// Who host commands are recorded as made by.
constexpr std::string_view host_actor = "host";

template <typename Outcome>
Result<Outcome> execute(store::Store& store, domain::Request request) {
  domain::Command command{.tenant = {}, .actor = std::string(host_actor), .request = std::move(request)};
  auto executed = store::wait(store.execute(std::move(command), std::nullopt));
  if (!executed) return std::unexpected(std::move(executed.error()));
  return std::get<Outcome>(std::move(executed->outcome));
}

Result<void> check(const NewKey& wanted) {
  if (auto good = domain::check_text("name", wanted.name, 1, domain::name_characters_max); !good) return good;
  if (auto good = domain::check_text("owner", wanted.owner, 1, domain::owner_characters_max); !good) {
    return good;
  }
  if (wanted.scopes.empty()) {
    return fail(ErrorCode::validation_error,
                "a key needs at least one scope: inventory:read, inventory:write, inventory:admin, "
                "inventory:sync or *");
  }
  if (wanted.expires_in_seconds && *wanted.expires_in_seconds <= 0) {
    return fail(ErrorCode::validation_error, "expires_in_seconds must be above 0");
  }
  return {};
}

}  // namespace

Result<Tenant> create_tenant(store::Store& store, std::string name) {
  if (auto good = domain::check_text("name", name, 1, domain::name_characters_max); !good) {
    return std::unexpected(std::move(good.error()));
  }
  return execute<Tenant>(store, domain::CreateTenant{.name = std::move(name)});
}

Result<Tenant> find_tenant(store::Store& store, std::string_view id_or_name) {
  const auto tenants = store::wait(store.tenants());
  const auto id = domain::TenantId::parse(id_or_name);
  for (const Tenant& tenant : tenants) {
    if (id && tenant.id == *id) return tenant;
  }
  for (const Tenant& tenant : tenants) {
    if (tenant.name == id_or_name) return tenant;
  }
  return fail(ErrorCode::tenant_not_found, "tenant \"" + std::string(id_or_name) + "\" does not exist");
}

Result<CreatedKey> create_key(store::Store& store, const NewKey& wanted) {
  if (auto good = check(wanted); !good) return std::unexpected(std::move(good.error()));
  std::string text = generate_key_text();
  auto key = execute<ApiKey>(store, domain::CreateKey{.tenant = wanted.tenant,
                                                      .digest = digest_of(text),
                                                      .name = wanted.name,
                                                      .owner = wanted.owner,
                                                      .scopes = wanted.scopes,
                                                      .expires_in_seconds = wanted.expires_in_seconds,
                                                      .rate_limit_per_minute = wanted.rate_limit_per_minute});
  if (!key) return std::unexpected(std::move(key.error()));
  return CreatedKey{.key = std::move(*key), .text = std::move(text)};
}

Result<ApiKey> revoke_key(store::Store& store, std::string_view id) {
  const auto parsed = domain::KeyId::parse(id);
  if (!parsed) return fail(ErrorCode::key_not_found, "key \"" + std::string(id) + "\" does not exist");
  return execute<ApiKey>(store, domain::RevokeKey{.id = *parsed});
}

}  // namespace nexus::service
