#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "domain/commands.hpp"
#include "store/store.hpp"

namespace nexus::store::postgres {

// What commands of one tenant name: what has to be locked and read before they can be judged.
struct Concern {
  // True when a command makes or changes warehouses, or tenants and keys: such a one has the tenant for
  // itself.
  bool is_alone = false;
  std::vector<std::string> skus;
  std::vector<domain::Ulid> reservations;
  std::vector<std::string> references;
  std::vector<std::string> answer_keys;
  std::vector<std::string> tenant_names;
  std::vector<domain::Ulid> tenants;
  std::vector<domain::Ulid> keys;

  void add(const domain::Command& command, const std::optional<Idempotency>& idempotency);
  // Sorts each list and leaves everything in it once.
  void sort();
};

// A number for what is named, for locks and for telling apart what may run at the same time. Two things with
// one number only wait for each other.
std::int64_t lock_number(domain::TenantId tenant, char kind, std::string_view name);

// One for each thing that a command of the concern may change.
std::vector<std::int64_t> conflict_numbers(domain::TenantId tenant, const Concern& concern);

// The most events that the command can have; what its reservation holds not counted.
std::size_t events_max(const domain::Command& command);

}  // namespace nexus::store::postgres
