#pragma once

#include <memory>
#include <string_view>

#include "domain/access.hpp"
#include "domain/error.hpp"
#include "store/clock.hpp"
#include "store/store.hpp"

namespace nexus::service {

// Who asks: a key that is valid now. Its tenant is the only one that the request may see.
using Principal = domain::KeyPtr;

// Who may do what. Any thread may call it; store and clock must outlive it.
class Access {
 public:
  Access(store::Store& store, const store::Clock& clock) : store_(store), clock_(clock) {}

  // UNAUTHORIZED, with one and the same message, when the value of the Authorization header is missing or
  // malformed, or its key is unknown, revoked or expired.
  store::Awaitable<domain::Result<Principal>> authenticate(std::string_view authorization);

 private:
  store::Store& store_;
  const store::Clock& clock_;
};

// TENANT_FORBIDDEN unless `tenant_header`, the value of X-Tenant-ID, is absent or the id of the key's tenant.
domain::Result<void> require_tenant(const domain::ApiKey& key, std::string_view tenant_header);

// INSUFFICIENT_SCOPE, with details.required_scope, unless the key allows the scope.
domain::Result<void> require_scope(const domain::ApiKey& key, domain::Scope scope);

}  // namespace nexus::service
