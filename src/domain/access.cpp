#include "domain/access.hpp"

#include <algorithm>

namespace nexus::domain {

std::string_view name(Scope scope) {
  switch (scope) {
    case Scope::inventory_read:
      return "inventory:read";
    case Scope::inventory_write:
      return "inventory:write";
    case Scope::inventory_admin:
      return "inventory:admin";
    case Scope::inventory_sync:
      return "inventory:sync";
    case Scope::all:
      return "*";
  }
  return "";
}

std::optional<Scope> parse_scope(std::string_view text) {
  for (const auto scope : {Scope::inventory_read, Scope::inventory_write, Scope::inventory_admin,
                           Scope::inventory_sync, Scope::all}) {
    if (name(scope) == text) return scope;
  }
  return std::nullopt;
}

bool ApiKey::allows(Scope scope) const {
  return std::ranges::any_of(scopes, [&](Scope own) { return own == scope || own == Scope::all; });
}

}  // namespace nexus::domain
