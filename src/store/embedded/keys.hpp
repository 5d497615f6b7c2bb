#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "domain/ids.hpp"
#include "domain/reservation.hpp"
#include "domain/warehouse.hpp"

namespace nexus::store::embedded::keys {

// The layout of keys in the column families (README.md has the table). Numbers are big-endian, so that bytes
// sort as they do; `~` marks bits turned over, so that the newest comes first. Texts that something follows
// end in a zero byte, which no SKU and no reference contains.

namespace detail {

inline void put_number(std::string& out, std::uint64_t value, std::size_t bytes) {
  std::array<char, sizeof value> big_endian;
  for (std::size_t i = 0; i < bytes; ++i) big_endian[i] = static_cast<char>(value >> 8 * (bytes - 1 - i));
  out.append(big_endian.data(), bytes);
}

inline std::uint64_t get_number(std::string_view bytes) {
  std::uint64_t value = 0;
  for (const char c : bytes) value = (value << 8) | static_cast<unsigned char>(c);
  return value;
}

template <typename Kind>
void put_id(std::string& out, const domain::Id<Kind>& id) {
  put_number(out, id.value.high, 8);
  put_number(out, id.value.low, 8);
}

template <typename IdOfKind>
IdOfKind get_id(std::string_view bytes) {
  return IdOfKind{{.high = get_number(bytes.substr(0, 8)), .low = get_number(bytes.substr(8, 8))}};
}

}  // namespace detail

inline constexpr std::size_t id_size = 16;

// log: sequence of the group's first event.
inline std::string log(std::uint64_t sequence) {
  std::string key;
  detail::put_number(key, sequence, 8);
  return key;
}
inline std::optional<std::uint64_t> log_sequence(std::string_view key) {
  if (key.size() != 8) return std::nullopt;
  return detail::get_number(key);
}

// records and items: one letter for the kind, then what it is.
inline constexpr char held_reservation_kind = 'H';
inline constexpr char item_kind = 'I';
inline constexpr char key_kind = 'K';
inline constexpr char tenant_kind = 'T';
inline constexpr char warehouse_kind = 'W';

inline std::string tenant_record(domain::TenantId tenant) {
  std::string key(1, tenant_kind);
  detail::put_id(key, tenant);
  return key;
}
inline std::string key_record(domain::KeyId id) {
  std::string key(1, key_kind);
  detail::put_id(key, id);
  return key;
}
inline std::string warehouse_record(domain::TenantId tenant, domain::WarehouseNumber number) {
  std::string key(1, warehouse_kind);
  detail::put_id(key, tenant);
  detail::put_number(key, number, 4);
  return key;
}
inline void append_item_record(std::string& key, domain::TenantId tenant, std::string_view sku) {
  key += item_kind;
  detail::put_id(key, tenant);
  key += sku;
}
inline std::string item_record(domain::TenantId tenant, std::string_view sku) {
  std::string key;
  append_item_record(key, tenant, sku);
  return key;
}
inline std::string held_reservation_record(domain::TenantId tenant, domain::ReservationId id) {
  std::string key(1, held_reservation_kind);
  detail::put_id(key, tenant);
  detail::put_id(key, id);
  return key;
}

// The tenant of a record whose key has the kind's letter, a tenant and `rest`.
struct RecordKey {
  domain::TenantId tenant;
  std::string_view rest;
};
inline std::optional<RecordKey> parse_record(std::string_view key) {
  if (key.size() < 1 + id_size) return std::nullopt;
  return RecordKey{detail::get_id<domain::TenantId>(key.substr(1, id_size)), key.substr(1 + id_size)};
}

// ledger: tenant, SKU, 0, ~sequence of the oldest line of the chunk. So the first key from that of a sequence
// on is that of the newest chunk with a line as old as it.
inline void append_ledger_prefix(std::string& key, domain::TenantId tenant, std::string_view sku) {
  detail::put_id(key, tenant);
  key += sku;
  key.push_back('\0');
}
inline std::string ledger_prefix(domain::TenantId tenant, std::string_view sku) {
  std::string key;
  append_ledger_prefix(key, tenant, sku);
  return key;
}
// Behind all lines of the SKU that the prefix is of.
inline std::string after_sku(std::string prefix) {
  prefix.back() = '\1';
  return prefix;
}
inline void append_ledger(std::string& key, domain::TenantId tenant, std::string_view sku,
                          std::uint64_t sequence) {
  append_ledger_prefix(key, tenant, sku);
  detail::put_number(key, ~sequence, 8);
}
inline std::string ledger(domain::TenantId tenant, std::string_view sku, std::uint64_t sequence) {
  std::string key;
  append_ledger(key, tenant, sku, sequence);
  return key;
}
struct LedgerKey {
  domain::TenantId tenant;
  std::string_view sku;
  std::uint64_t oldest = 0;
};
inline std::optional<LedgerKey> parse_ledger(std::string_view key) {
  if (key.size() < id_size + 9 || key[key.size() - 9] != '\0') return std::nullopt;
  return LedgerKey{.tenant = detail::get_id<domain::TenantId>(key),
                   .sku = key.substr(id_size, key.size() - id_size - 9),
                   .oldest = ~detail::get_number(key.substr(key.size() - 8))};
}

// reservations: closed ones, and the ways to find them, each by status. The reservation's ~id ends every key.
inline void put_inverted(std::string& key, domain::ReservationId id) {
  detail::put_number(key, ~id.value.high, 8);
  detail::put_number(key, ~id.value.low, 8);
}
inline std::string closed_reservation(domain::TenantId tenant, domain::ReservationId id) {
  std::string key(1, 'R');
  detail::put_id(key, tenant);
  put_inverted(key, id);
  return key;
}
// By what an index finds them. `any` has the empty name.
enum class ReservationIndex : char { any = 'a', sku = 'k', reference = 'r' };
inline std::string reservation_index(ReservationIndex index, domain::TenantId tenant, std::string_view name,
                                     domain::ReservationStatus status) {
  std::string key(1, static_cast<char>(index));
  detail::put_id(key, tenant);
  key += name;
  key.push_back('\0');
  key.push_back(static_cast<char>(status));
  return key;
}
inline std::string with_id(std::string prefix, domain::ReservationId id) {
  put_inverted(prefix, id);
  return prefix;
}
inline std::optional<domain::ReservationId> reservation_of(std::string_view key) {
  if (key.size() < id_size) return std::nullopt;
  auto id = detail::get_id<domain::ReservationId>(key.substr(key.size() - id_size));
  id.value.high = ~id.value.high;
  id.value.low = ~id.value.low;
  return id;
}

// answers: tenant, idempotency key.
inline std::string answer(domain::TenantId tenant, std::string_view idempotency_key) {
  std::string key;
  detail::put_id(key, tenant);
  key += idempotency_key;
  return key;
}

// default: what the store knows of itself.
inline constexpr std::string_view format = "format";
inline constexpr std::string_view checkpoint = "checkpoint";
inline constexpr std::string_view items_home = "items";  // behind the checkpoint, with which it is written

}  // namespace nexus::store::embedded::keys
