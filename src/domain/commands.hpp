#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "domain/access.hpp"
#include "domain/events.hpp"
#include "domain/ids.hpp"
#include "domain/named_warehouse.hpp"

namespace nexus::domain {

// What a caller asks for. The texts in a command have passed text_rules.hpp; everything that depends on the
// state is for decide() to judge.

inline constexpr std::size_t bulk_updates_max = 500;
inline constexpr std::size_t import_rows_max = 1000;

struct CreateTenant {
  std::string name;
};

struct CreateKey {
  TenantId tenant;
  KeyDigest digest{};
  std::string name;
  std::string owner;
  std::vector<Scope> scopes;
  std::optional<std::int64_t> expires_in_seconds;
  std::optional<std::uint32_t> rate_limit_per_minute;
};

struct RevokeKey {
  KeyId id;
};

struct CreateWarehouse {
  std::string name;
  WarehouseType type = WarehouseType::own;
  std::optional<std::string> address;
  std::optional<std::string> marketplace;
};

struct ChangeWarehouse {
  NamedWarehouse id;
  std::optional<std::string> name;
  std::optional<std::optional<std::string>> address;  // an inner nothing takes the address away
  std::optional<bool> is_active;
};

struct CreateItem {
  std::string sku;
  ItemSettings settings;
};

// If-Match: the versions that the caller would accept; empty stands for "any".
using AcceptedVersions = std::optional<std::vector<std::uint64_t>>;

struct ChangeItem {
  std::string sku;
  std::optional<std::string> title;
  std::optional<Quantity> safety_stock;
  std::optional<Threshold> low_threshold;
  std::optional<Threshold> critical_threshold;
  AcceptedVersions if_match;
};

struct DeleteItem {
  std::string sku;
  AcceptedVersions if_match;
};

inline constexpr std::string_view default_reason = "manual_adjustment";

// One change of one level: what stands there now, or what came or went.
struct LevelUpdate {
  std::string sku;
  NamedWarehouse warehouse_id;
  bool is_delta = false;
  Quantity quantity = 0;
  std::optional<Quantity> expected_quantity;
  std::optional<std::string> reason;  // default_reason when absent
  std::optional<std::string> note;
};

enum class BulkMode : std::uint8_t { atomic, partial };

// PUT is one update; bulk is up to bulk_updates_max of them.
struct UpdateLevels {
  std::vector<LevelUpdate> updates;
  BulkMode mode = BulkMode::atomic;
  bool is_bulk = false;       // a bulk's error speaks of an index, a PUT's of the request
  AcceptedVersions if_match;  // of a PUT only
};

// What a marketplace says stands in one of its warehouses.
struct SyncRow {
  std::string sku;
  NamedWarehouse warehouse_id;
  Quantity on_hand = 0;
  Quantity reserved = 0;
};

struct SyncLevels {
  std::vector<SyncRow> rows;
  BulkMode mode = BulkMode::atomic;
};

struct RequestedLine {
  std::string sku;
  Quantity quantity = 0;
  std::optional<NamedWarehouse> warehouse_id;
};

struct HoldReservation {
  std::string reference;
  std::vector<RequestedLine> lines;
  std::optional<std::int64_t> expires_in_seconds;
};

struct ShipReservation {
  std::string id;
  std::optional<std::vector<RequestedLine>> lines;  // each with a warehouse; all that is held when absent
};

struct ReleaseReservation {
  std::string id;
};

// By the clock, not by a caller: releases what is held beyond its time.
struct ExpireReservation {
  ReservationId id;
};

// A line of an import: the item as it should be, and what should stand in one warehouse.
struct ImportRow {
  std::string sku;
  std::optional<std::string> title;
  std::optional<Quantity> safety_stock;
  std::optional<Threshold> low_threshold;
  std::optional<Threshold> critical_threshold;
  std::optional<std::string> warehouse;  // a name or an id
  std::optional<Quantity> quantity;      // with a warehouse only
};

// Makes the stock as the rows say. Rows that say what is so already change nothing.
struct ImportRows {
  std::vector<ImportRow> rows;
  bool create_warehouses = false;  // own ones, by name
};

using Request = std::variant<CreateTenant, CreateKey, RevokeKey, CreateWarehouse, ChangeWarehouse, CreateItem,
                             ChangeItem, DeleteItem, UpdateLevels, SyncLevels, HoldReservation,
                             ShipReservation, ReleaseReservation, ExpireReservation, ImportRows>;

// A request with who makes it. The tenant is empty for CreateTenant, CreateKey and RevokeKey.
struct Command {
  TenantId tenant;
  std::string actor;
  Request request;
};

}  // namespace nexus::domain
