#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "domain/access.hpp"
#include "domain/error.hpp"
#include "store/store.hpp"

namespace nexus::service {

// Tenants and keys, as the host's people set them up. All of these block: not for a thread that serves an
// io_context.

// TENANT_EXISTS when the name is taken.
domain::Result<domain::Tenant> create_tenant(store::Store& store, std::string name);

// By id or by name; TENANT_NOT_FOUND.
domain::Result<domain::Tenant> find_tenant(store::Store& store, std::string_view id_or_name);

struct NewKey {
  domain::TenantId tenant;
  std::string name;
  std::string owner;
  std::vector<domain::Scope> scopes;
  std::optional<std::int64_t> expires_in_seconds;
  std::optional<std::uint32_t> rate_limit_per_minute;
};

struct CreatedKey {
  domain::ApiKey key;
  std::string text;  // the secret: shown once, stored nowhere
};

domain::Result<CreatedKey> create_key(store::Store& store, const NewKey& wanted);

// KEY_NOT_FOUND. Revoking a revoked key changes nothing.
domain::Result<domain::ApiKey> revoke_key(store::Store& store, std::string_view id);

}  // namespace nexus::service
