#include "domain/decision_maker.hpp"

namespace nexus::domain {

Result<Decision> decide(const CreateTenant& request, DecisionMaker& maker) {
  if (maker.state().find_tenant(request.name) != nullptr) {
    return fail(ErrorCode::tenant_exists, "a tenant named \"" + request.name + "\" exists already");
  }
  Tenant tenant{.id = maker.next_id<TenantId>(), .name = request.name, .created_at = maker.now()};
  maker.emit(TenantCreated{tenant});
  return maker.finish(std::move(tenant));
}

Result<Decision> decide(const CreateKey& request, DecisionMaker& maker) {
  if (maker.state().find_tenant(request.tenant) == nullptr) {
    return fail(ErrorCode::tenant_not_found, "tenant \"" + request.tenant.text() + "\" does not exist");
  }
  ApiKey key{.id = maker.next_id<KeyId>(),
             .tenant = request.tenant,
             .digest = request.digest,
             .name = request.name,
             .owner = request.owner,
             .scopes = request.scopes,
             .created_at = maker.now(),
             .expires_at = std::nullopt,
             .revoked_at = std::nullopt,
             .rate_limit_per_minute = request.rate_limit_per_minute};
  if (request.expires_in_seconds) key.expires_at = maker.now().plus_ms(*request.expires_in_seconds * 1000);
  maker.emit(KeyCreated{key});
  return maker.finish(std::move(key));
}

Result<Decision> decide(const RevokeKey& request, DecisionMaker& maker) {
  const ApiKey* key = maker.state().find_key(request.id);
  if (key == nullptr)
    return fail(ErrorCode::key_not_found, "key \"" + request.id.text() + "\" does not exist");
  if (!key->revoked_at) maker.emit(KeyRevoked{request.id});
  return maker.finish(ApiKey(*maker.state().find_key(request.id)));
}

}  // namespace nexus::domain
