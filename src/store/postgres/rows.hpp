#pragma once

#include <cstdint>

#include "domain/access.hpp"
#include "domain/availability.hpp"
#include "domain/item.hpp"
#include "domain/view.hpp"
#include "store/postgres/wire.hpp"

namespace nexus::store::postgres {

// Rows as the domain's things. Which columns they have stands in statements.cpp.

// An item with what its row says of it.
struct ItemRow {
  domain::Item item;
  domain::Status status = domain::Status::out_of_stock;  // as it is listed
  std::uint64_t sequence = 0;                            // of the last commit that touched it
  std::uint64_t warehouses_revision = 0;                 // of the tenant's warehouses at that moment
};

ItemRow read_item(const Rows& rows, std::size_t row);
domain::Warehouse read_warehouse(const Rows& rows, std::size_t row);
domain::ReservationPtr read_reservation(const Rows& rows, std::size_t row);
domain::AnswerPtr read_answer(const Rows& rows, std::size_t row);
domain::Tenant read_tenant(const Rows& rows, std::size_t row);
domain::ApiKey read_key(const Rows& rows, std::size_t row);

// An item's levels are one array: number, on hand, reserved and the milliseconds of the last change of each.
inline constexpr std::size_t numbers_of_level = 4;
void append_levels(const domain::Item& item, Array& out);

// Where an item stands that is listed whatever its warehouses are; its other lists have their warehouse's
// number.
inline constexpr std::int64_t list_of_all = -1;

// A threshold's default is a negative number.
inline domain::Quantity column_of(domain::Threshold threshold) {
  return threshold.value_or(-1);
}

}  // namespace nexus::store::postgres
