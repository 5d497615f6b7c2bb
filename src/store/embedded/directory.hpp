#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <absl/container/btree_map.h>
#include <boost/unordered/unordered_flat_map.hpp>

#include "domain/access.hpp"

namespace nexus::store::embedded {

// All tenants and keys of the store. Ids sort by creation, so the maps do. Not synchronised.
class Directory {
 public:
  const domain::Tenant* find_tenant(domain::TenantId id) const;
  const domain::Tenant* find_tenant(std::string_view name) const;
  domain::KeyPtr find_key(domain::KeyId id) const;
  domain::KeyPtr find_key(const domain::KeyDigest& digest) const;

  // New, or in place of the one with its id.
  void put(const domain::Tenant& tenant);
  void put(const domain::ApiKey& key);

  std::vector<domain::Tenant> tenants() const;
  std::vector<domain::ApiKey> keys(std::optional<domain::TenantId> tenant) const;
  std::size_t tenant_count() const { return tenants_.size(); }

 private:
  absl::btree_map<domain::TenantId, std::unique_ptr<domain::Tenant>> tenants_;
  absl::btree_map<std::string, domain::TenantId, std::less<>> tenant_by_name_;
  absl::btree_map<domain::KeyId, domain::KeyPtr> keys_;
  boost::unordered_flat_map<domain::KeyDigest, domain::KeyPtr, domain::DigestHash, domain::SameDigest>
      key_by_digest_;
};

}  // namespace nexus::store::embedded
