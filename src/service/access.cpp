#include "service/access.hpp"

#include "service/key_digest.hpp"

namespace nexus::service {

namespace {

// Longer than any key that was ever given out: what is longer is not worth hashing.
constexpr std::size_t key_bytes_max = 256;

std::unexpected<domain::Error> unauthorized() {
  return domain::fail(domain::ErrorCode::unauthorized,
                      "a valid API key is needed: send it as \"Authorization: Bearer nxc_live_…\"");
}

// The key in "Bearer KEY"; the scheme's case does not matter (RFC 9110). Empty when there is none.
std::string_view bearer_key(std::string_view authorization) {
  constexpr std::string_view scheme = "bearer ";
  if (authorization.size() <= scheme.size()) return {};
  for (std::size_t i = 0; i < scheme.size(); ++i) {
    const char c = authorization[i];
    const char lower = c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
    if (lower != scheme[i]) return {};
  }
  authorization.remove_prefix(scheme.size());
  return authorization.size() > key_bytes_max ? std::string_view{} : authorization;
}

}  // namespace

store::Awaitable<domain::Result<Principal>> Access::authenticate(std::string_view authorization) {
  const auto text = bearer_key(authorization);
  if (text.empty()) co_return unauthorized();
  const domain::KeyDigest digest = digest_of(text);
  Principal key = co_await store_.find_key(digest);
  if (key == nullptr || !key->is_valid_at(clock_.now())) co_return unauthorized();
  co_return key;
}

domain::Result<void> require_tenant(const domain::ApiKey& key, std::string_view tenant_header) {
  if (tenant_header.empty() || tenant_header == key.tenant.text()) return {};
  return domain::fail(domain::ErrorCode::tenant_forbidden,
                      "the key has no access to the tenant that X-Tenant-ID names");
}

domain::Result<void> require_scope(const domain::ApiKey& key, domain::Scope scope) {
  if (key.allows(scope)) return {};
  const std::string required(domain::name(scope));
  return domain::fail(domain::ErrorCode::insufficient_scope, "the key lacks the scope " + required,
                      domain::Fact{"required_scope", required});
}

}  // namespace nexus::service
