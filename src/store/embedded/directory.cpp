#include "store/embedded/directory.hpp"

namespace nexus::store::embedded {

const domain::Tenant* Directory::find_tenant(domain::TenantId id) const {
  const auto found = tenants_.find(id);
  return found == tenants_.end() ? nullptr : found->second.get();
}

const domain::Tenant* Directory::find_tenant(std::string_view name) const {
  const auto found = tenant_by_name_.find(name);
  return found == tenant_by_name_.end() ? nullptr : find_tenant(found->second);
}

domain::KeyPtr Directory::find_key(domain::KeyId id) const {
  const auto found = keys_.find(id);
  return found == keys_.end() ? nullptr : found->second;
}

domain::KeyPtr Directory::find_key(const domain::KeyDigest& digest) const {
  const auto found = key_by_digest_.find(digest);
  return found == key_by_digest_.end() ? nullptr : found->second;
}

void Directory::put(const domain::Tenant& tenant) {
  auto& place = tenants_[tenant.id];
  if (place) tenant_by_name_.erase(place->name);
  place = std::make_unique<domain::Tenant>(tenant);
  tenant_by_name_[tenant.name] = tenant.id;
}

void Directory::put(const domain::ApiKey& key) {
  auto& place = keys_[key.id];
  if (place) key_by_digest_.erase(place->digest);
  place = std::make_shared<const domain::ApiKey>(key);
  key_by_digest_[key.digest] = place;
}

std::vector<domain::Tenant> Directory::tenants() const {
  std::vector<domain::Tenant> all;
  all.reserve(tenants_.size());
  for (const auto& [id, tenant] : tenants_) all.push_back(*tenant);
  return all;
}

std::vector<domain::ApiKey> Directory::keys(std::optional<domain::TenantId> tenant) const {
  std::vector<domain::ApiKey> chosen;
  for (const auto& [id, key] : keys_) {
    if (!tenant || key->tenant == *tenant) chosen.push_back(*key);
  }
  return chosen;
}

}  // namespace nexus::store::embedded
