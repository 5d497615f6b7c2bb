#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "domain/ids.hpp"

namespace nexus::domain {

// A seller whose stock is kept apart from everyone else's.
struct Tenant {
  TenantId id;
  std::string name;  // unique in the store
  Time created_at;
};

// What a key may do. `all` is every scope; none of the others implies another.
enum class Scope : std::uint8_t { inventory_read, inventory_write, inventory_admin, inventory_sync, all };

// As the API spells it: inventory:read, inventory:write, inventory:admin, inventory:sync, *.
std::string_view name(Scope scope);
std::optional<Scope> parse_scope(std::string_view text);

// SHA-256 of a key's text. Keys are 256 random bits, so that a plain hash gives nothing away.
using KeyDigest = std::array<std::uint8_t, 32>;

// Equality that takes the same time wherever two digests differ.
struct SameDigest {
  bool operator()(const KeyDigest& one, const KeyDigest& other) const {
    unsigned difference = 0;
    for (std::size_t i = 0; i < one.size(); ++i) difference |= static_cast<unsigned>(one[i] ^ other[i]);
    return difference == 0;
  }
};

// A digest's bytes are as good as random already.
struct DigestHash {
  std::size_t operator()(const KeyDigest& digest) const {
    std::size_t hash = 0;
    std::memcpy(&hash, digest.data(), sizeof(hash));
    return hash;
  }
};

struct ApiKey {
  KeyId id;
  TenantId tenant;
  KeyDigest digest{};
  std::string name;
  std::string owner;  // who its writes are recorded as made by
  std::vector<Scope> scopes;
  Time created_at;
  std::optional<Time> expires_at;
  std::optional<Time> revoked_at;
  std::optional<std::uint32_t> rate_limit_per_minute;  // the server's own when absent; 0 is without limit

  bool is_valid_at(Time now) const { return !revoked_at && (!expires_at || now < *expires_at); }
  bool allows(Scope scope) const;
};

using KeyPtr = std::shared_ptr<const ApiKey>;

}  // namespace nexus::domain
