#include "store/postgres/concern.hpp"

#include <algorithm>
#include <variant>

namespace nexus::store::postgres {

namespace {

using namespace domain;

void add_skus(Concern& concern, const auto& rows) {
  for (const auto& row : rows) concern.skus.push_back(row.sku);
}

void add_reservation(Concern& concern, std::string_view id) {
  // One that is no id is unknown, whatever the database says.
  if (const auto parsed = ReservationId::parse(id)) concern.reservations.push_back(parsed->value);
}

class Namer {
 public:
  explicit Namer(Concern& concern) : concern_(concern) {}

  void operator()(const CreateTenant& request) {
    concern_.is_alone = true;
    concern_.tenant_names.push_back(request.name);
  }
  void operator()(const CreateKey& request) {
    concern_.is_alone = true;
    concern_.tenants.push_back(request.tenant.value);
  }
  void operator()(const RevokeKey& request) {
    concern_.is_alone = true;
    concern_.keys.push_back(request.id.value);
  }
  void operator()(const CreateWarehouse& /*request*/) { concern_.is_alone = true; }
  void operator()(const ChangeWarehouse& /*request*/) { concern_.is_alone = true; }
  void operator()(const CreateItem& request) { concern_.skus.push_back(request.sku); }
  void operator()(const ChangeItem& request) { concern_.skus.push_back(request.sku); }
  void operator()(const DeleteItem& request) { concern_.skus.push_back(request.sku); }
  void operator()(const UpdateLevels& request) { add_skus(concern_, request.updates); }
  void operator()(const SyncLevels& request) { add_skus(concern_, request.rows); }
  void operator()(const HoldReservation& request) {
    concern_.references.push_back(request.reference);
    add_skus(concern_, request.lines);
  }
  void operator()(const ShipReservation& request) {
    add_reservation(concern_, request.id);
    if (request.lines) add_skus(concern_, *request.lines);
  }
  void operator()(const ReleaseReservation& request) { add_reservation(concern_, request.id); }
  void operator()(const ExpireReservation& request) { concern_.reservations.push_back(request.id.value); }
  void operator()(const ImportRows& request) {
    concern_.is_alone = concern_.is_alone || request.create_warehouses;
    add_skus(concern_, request.rows);
  }

 private:
  Concern& concern_;
};

template <typename Things>
void sort_unique(Things& things) {
  std::ranges::sort(things);
  things.erase(std::ranges::unique(things).begin(), things.end());
}

}  // namespace

void Concern::add(const Command& command, const std::optional<Idempotency>& idempotency) {
  std::visit(Namer(*this), command.request);
  if (idempotency) answer_keys.push_back(idempotency->key);
}

void Concern::sort() {
  sort_unique(skus);
  sort_unique(reservations);
  sort_unique(references);
  sort_unique(answer_keys);
}

std::int64_t lock_number(TenantId tenant, char kind, std::string_view name) {
  // FNV-1a over 64 bits, begun with the tenant: the same on every node and in every build.
  constexpr std::uint64_t prime = 0x100000001b3ULL;
  std::uint64_t hash = 0xcbf29ce484222325ULL;
  const auto mix = [&](std::uint64_t byte) { hash = (hash ^ byte) * prime; };
  for (const std::uint64_t half : {tenant.value.high, tenant.value.low}) {
    for (unsigned shift = 0; shift < 64; shift += 8) mix(half >> shift & 0xffU);
  }
  mix(static_cast<unsigned char>(kind));
  for (const char byte : name) mix(static_cast<unsigned char>(byte));
  return static_cast<std::int64_t>(hash);
}

std::vector<std::int64_t> conflict_numbers(TenantId tenant, const Concern& concern) {
  std::vector<std::int64_t> numbers;
  const auto add = [&](char kind, std::string_view name) {
    numbers.push_back(lock_number(tenant, kind, name));
  };
  for (const auto& sku : concern.skus) add('i', sku);
  for (const auto& key : concern.answer_keys) add('k', key);
  for (const auto& reference : concern.references) add('r', reference);
  for (const auto& id : concern.reservations) add('h', ReservationId{id}.text());
  if (concern.is_alone) add('t', "");
  return numbers;
}

std::size_t events_max(const Command& command) {
  constexpr std::size_t answer = 1;
  constexpr std::size_t of_single = 2;
  if (const auto* levels = std::get_if<UpdateLevels>(&command.request))
    return levels->updates.size() + answer;
  if (const auto* levels = std::get_if<SyncLevels>(&command.request)) return 2 * levels->rows.size() + answer;
  if (const auto* rows = std::get_if<ImportRows>(&command.request)) return 3 * rows->rows.size() + answer;
  return of_single + answer;
}

}  // namespace nexus::store::postgres
