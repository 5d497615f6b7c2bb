#include "store/postgres/rows.hpp"

#include <algorithm>
#include <memory>

namespace nexus::store::postgres {

namespace {

domain::Threshold threshold_of(std::int64_t column) {
  return column < 0 ? domain::Threshold() : domain::Threshold(column);
}

}  // namespace

ItemRow read_item(const Rows& rows, std::size_t row) {
  ItemRow read;
  domain::Item& item = read.item;
  item.sku = rows.text(row, 0);
  item.title = rows.text(row, 1);
  item.safety_stock = rows.integer(row, 2);
  item.low_threshold = threshold_of(rows.integer(row, 3));
  item.critical_threshold = threshold_of(rows.integer(row, 4));
  item.version = static_cast<std::uint64_t>(rows.integer(row, 5));
  item.updated_at = rows.time(row, 6);
  item.is_deleted = rows.boolean(row, 7);
  read.status = static_cast<domain::Status>(rows.integer(row, 8));
  const auto numbers = rows.integers(row, 9);
  item.levels.reserve(numbers.size() / numbers_of_level);
  for (std::size_t i = 0; i + numbers_of_level <= numbers.size(); i += numbers_of_level) {
    item.levels.push_back({.warehouse = static_cast<domain::WarehouseNumber>(numbers[i]),
                           .on_hand = numbers[i + 1],
                           .reserved = numbers[i + 2],
                           .updated_at = domain::Time{numbers[i + 3]}});
  }
  read.sequence = static_cast<std::uint64_t>(rows.integer(row, 10));
  read.warehouses_revision = static_cast<std::uint64_t>(rows.integer(row, 11));
  return read;
}

void append_levels(const domain::Item& item, Array& out) {
  for (const domain::Level& level : item.levels) {
    out.add(static_cast<std::int64_t>(level.warehouse));
    out.add(level.on_hand);
    out.add(level.reserved);
    out.add(level.updated_at.ms);
  }
}

domain::Warehouse read_warehouse(const Rows& rows, std::size_t row) {
  return {.id = {rows.id(row, 1)},
          .name = std::string(rows.text(row, 2)),
          .type = static_cast<domain::WarehouseType>(rows.integer(row, 3)),
          .address = rows.maybe_text(row, 4),
          .marketplace = rows.maybe_text(row, 5),
          .is_active = rows.boolean(row, 6)};
}

domain::ReservationPtr read_reservation(const Rows& rows, std::size_t row) {
  auto read = std::make_shared<domain::Reservation>();
  read->id = {rows.id(row, 0)};
  read->reference = rows.text(row, 1);
  read->status = static_cast<domain::ReservationStatus>(rows.integer(row, 2));
  const auto skus = rows.texts(row, 3);
  const auto warehouses = rows.integers(row, 4);
  const auto quantities = rows.integers(row, 5);
  for (std::size_t i = 0; i < skus.size(); ++i) {
    read->lines.push_back({.sku = std::string(skus[i]),
                           .warehouse = static_cast<domain::WarehouseNumber>(warehouses.at(i)),
                           .quantity = quantities.at(i)});
  }
  read->created_by = rows.text(row, 6);
  read->created_at = rows.time(row, 7);
  read->expires_at = rows.maybe_time(row, 8);
  read->closed_at = rows.maybe_time(row, 9);
  return read;
}

domain::AnswerPtr read_answer(const Rows& rows, std::size_t row) {
  auto read = std::make_shared<domain::AnswerKept>();
  read->key = rows.text(row, 0);
  std::ranges::copy(rows.text(row, 1).substr(0, read->fingerprint.size()), read->fingerprint.begin());
  read->expires_at = rows.time(row, 2);
  read->status = static_cast<std::uint16_t>(rows.integer(row, 3));
  read->etag = rows.text(row, 4);
  read->body = rows.text(row, 5);
  return read;
}

domain::Tenant read_tenant(const Rows& rows, std::size_t row) {
  return {.id = {rows.id(row, 0)}, .name = std::string(rows.text(row, 1)), .created_at = rows.time(row, 2)};
}

domain::ApiKey read_key(const Rows& rows, std::size_t row) {
  domain::ApiKey key{.id = {rows.id(row, 1)},
                     .tenant = {rows.id(row, 0)},
                     .name = std::string(rows.text(row, 3)),
                     .owner = std::string(rows.text(row, 4)),
                     .scopes = {},
                     .created_at = rows.time(row, 6),
                     .expires_at = rows.maybe_time(row, 7),
                     .revoked_at = rows.maybe_time(row, 8),
                     .rate_limit_per_minute = std::nullopt};
  std::ranges::copy(rows.text(row, 2).substr(0, key.digest.size()), key.digest.begin());
  for (const auto scope : rows.integers(row, 5)) key.scopes.push_back(static_cast<domain::Scope>(scope));
  if (!rows.is_none(row, 9)) key.rate_limit_per_minute = static_cast<std::uint32_t>(rows.integer(row, 9));
  return key;
}

}  // namespace nexus::store::postgres
