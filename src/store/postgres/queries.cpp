#include "store/postgres/queries.hpp"

#include <algorithm>
#include <limits>
#include <utility>

#include "domain/text_rules.hpp"
#include "store/postgres/statements.hpp"
#include "unicode/utf8.hpp"

namespace nexus::store::postgres {

using namespace domain;

namespace {

Array array_of(const std::vector<std::string>& skus) {
  Array array(Element::text);
  for (const auto& sku : skus) {
    if (may_be_a_sku(sku)) array.add(std::string_view(sku));
  }
  return array;
}

Array array_of(std::string_view sku) {
  Array array(Element::text);
  array.add(sku);
  return array;
}

// All of them, where the set does not say which.
template <typename Set, typename... Statuses>
Array array_of_statuses(const Set& set, Statuses... statuses) {
  Array array(Element::integer);
  (..., (set.contains(statuses) ? array.add(static_cast<std::int64_t>(statuses)) : void()));
  return array;
}

Array array_of(const StatusSet& statuses) {
  return array_of_statuses(statuses, Status::normal, Status::low, Status::critical, Status::out_of_stock);
}

Array array_of(const ReservationStatusSet& statuses) {
  return array_of_statuses(statuses, ReservationStatus::held, ReservationStatus::shipped,
                           ReservationStatus::released, ReservationStatus::expired);
}

std::vector<Call> single(const Statement& statement, Parameters parameters) {
  std::vector<Call> calls;
  calls.emplace_back(statement, std::move(parameters));
  return calls;
}

// Those of the SKUs that match, cut to the page.
FoundPage page_of_skus(std::vector<ItemRow> rows, const ItemQuery& query,
                       std::optional<WarehouseNumber> warehouse) {
  FoundPage found;
  for (ItemRow& row : rows) {
    if (row.item.is_deleted || !query.statuses.contains(row.status)) continue;
    if (warehouse && row.item.find_level(*warehouse) == nullptr) continue;
    ++found.page.total;
    if (row.item.sku <= query.after) continue;
    if (found.items.size() == query.limit) {
      found.page.has_more = true;
    } else {
      found.items.push_back(std::move(row.item));
    }
  }
  return found;
}

}  // namespace

bool may_be_a_sku(std::string_view sku) {
  return sku.size() <= sku_bytes_max && sku.find('\0') == std::string_view::npos && unicode::is_utf8(sku);
}

Adjustment read_adjustment(const Rows& rows, std::size_t row, std::string_view sku) {
  Adjustment line;
  line.sequence = static_cast<std::uint64_t>(rows.integer(row, 0));
  line.at = rows.time(row, 1);
  line.id = {Ulid::of(line.at, line.sequence)};
  line.sku = sku;
  line.warehouse = static_cast<WarehouseNumber>(rows.integer(row, 2));
  line.before = rows.integer(row, 3);
  line.after = rows.integer(row, 4);
  line.version = static_cast<std::uint64_t>(rows.integer(row, 5));
  line.reason = rows.text(row, 6);
  if (!rows.is_none(row, 7)) line.note = rows.text(row, 7);
  line.created_by = rows.text(row, 8);
  return line;
}

Call Queries::call_for_warehouses(TenantId tenant, const TenantWarehouses& known) {
  return {statements::warehouses_since,
          Parameters().add(tenant.value).add(static_cast<std::int64_t>(known.revision))};
}

Awaitable<Result<TenantWarehousesPtr>> Queries::warehouses(TenantId tenant) {
  for (;;) {
    const auto known = cache_.find(tenant);
    std::vector<Call> calls;
    calls.push_back(call_for_warehouses(tenant, *known));
    auto reply = co_await pool_.read(std::move(calls));
    if (!reply) co_return std::unexpected(std::move(reply.error()));
    if (auto current = cache_.update(tenant, known, reply->rows[0])) co_return current;
  }
}

Awaitable<Result<std::optional<WarehouseNumber>>> Queries::number_of(
    TenantId tenant, const std::optional<WarehouseId>& warehouse) {
  if (!warehouse) co_return std::optional<WarehouseNumber>();
  if (const auto number = find_warehouse(*cache_.find(tenant)->list, *warehouse)) co_return number;
  auto current = co_await warehouses(tenant);
  if (!current) co_return std::unexpected(std::move(current.error()));
  const auto number = find_warehouse(*(*current)->list, *warehouse);
  if (!number) {
    co_return fail(ErrorCode::warehouse_not_found, "warehouse \"" + warehouse->text() + "\" does not exist");
  }
  co_return number;
}

// The items that the call gives, with warehouses that agree with all of them.
Awaitable<Result<std::pair<std::vector<ItemRow>, TenantWarehousesPtr>>> Queries::read_items(
    TenantId tenant, const Call& call, std::uint64_t* total) {
  constexpr int column_of_total = 12;
  for (;;) {
    const auto known = cache_.find(tenant);
    std::vector<Call> calls;
    calls.push_back(call_for_warehouses(tenant, *known));
    calls.push_back(call);
    auto reply = co_await pool_.read(std::move(calls));
    if (!reply) co_return std::unexpected(std::move(reply.error()));
    auto warehouses = cache_.update(tenant, known, reply->rows[0]);
    if (warehouses == nullptr) continue;
    const Rows& rows = reply->rows[1];
    std::vector<ItemRow> items;
    for (std::size_t row = 0; row < rows.size(); ++row) {
      if (total != nullptr) *total = static_cast<std::uint64_t>(rows.integer(row, column_of_total));
      if (!rows.is_none(row, 0)) items.push_back(read_item(rows, row));
    }
    const bool agree =
        std::ranges::all_of(items, [&](const ItemRow& item) { return warehouses->agree_with(item); });
    if (agree) co_return std::pair(std::move(items), std::move(warehouses));
  }
}

Awaitable<Result<std::optional<FoundItem>>> Queries::find_item(TenantId tenant, std::string_view sku) {
  if (!may_be_a_sku(sku)) co_return std::optional<FoundItem>();
  auto reply = co_await pool_.read(
      single(statements::items_by_sku, Parameters().add(tenant.value).add(array_of(sku))));
  if (!reply) co_return std::unexpected(std::move(reply.error()));
  if (reply->rows[0].empty()) co_return std::optional<FoundItem>();
  auto row = read_item(reply->rows[0], 0);
  auto warehouses = cache_.find(tenant);
  if (!warehouses->agree_with(row)) {
    const Call call(statements::items_by_sku, Parameters().add(tenant.value).add(array_of(sku)));
    auto again = co_await read_items(tenant, call, nullptr);
    if (!again) co_return std::unexpected(std::move(again.error()));
    row = std::move(again->first.at(0));
    warehouses = std::move(again->second);
  }
  if (row.item.is_deleted) co_return std::optional<FoundItem>();
  co_return FoundItem{.item = std::move(row.item), .warehouses = warehouses->list};
}

Awaitable<Result<FoundPage>> Queries::list_items(TenantId tenant, const ItemQuery& query) {
  const auto number = co_await number_of(tenant, query.warehouse);
  if (!number) co_return std::unexpected(number.error());
  FoundPage found;
  if (!query.skus.empty()) {
    const Call call(statements::items_by_sku, Parameters().add(tenant.value).add(array_of(query.skus)));
    auto read = co_await read_items(tenant, call, nullptr);
    if (!read) co_return std::unexpected(std::move(read.error()));
    found = page_of_skus(std::move(read->first), query, *number);
    found.warehouses = read->second->list;
    co_return found;
  }
  const Call call(statements::page_of_items,
                  Parameters()
                      .add(tenant.value)
                      .add(*number ? static_cast<std::int64_t>(**number) : list_of_all)
                      .add(array_of(query.statuses))
                      .add(std::string_view(query.after))
                      .add(static_cast<std::int64_t>(query.limit + 1)));
  auto read = co_await read_items(tenant, call, &found.page.total);
  if (!read) co_return std::unexpected(std::move(read.error()));
  for (ItemRow& row : read->first) found.items.push_back(std::move(row.item));
  found.page.has_more = found.items.size() > query.limit;
  if (found.page.has_more) found.items.pop_back();
  found.warehouses = read->second->list;
  co_return found;
}

Awaitable<Result<FoundHistory>> Queries::find_history(TenantId tenant, const AdjustmentQuery& query) {
  const auto not_found = [&] {
    return fail(ErrorCode::inventory_not_found, "SKU \"" + query.sku + "\" has no inventory record");
  };
  if (!may_be_a_sku(query.sku)) co_return not_found();
  const Call call(statements::items_by_sku,
                  Parameters().add(tenant.value).add(array_of(std::string_view(query.sku))));
  auto read = co_await read_items(tenant, call, nullptr);
  if (!read) co_return std::unexpected(std::move(read.error()));
  if (read->first.empty() || read->first[0].item.is_deleted) co_return not_found();
  const auto number = co_await number_of(tenant, query.warehouse);
  if (!number) co_return std::unexpected(number.error());
  const auto end = read->first[0].sequence + 1;
  co_return FoundHistory{.warehouses = read->second->list,
                         .warehouse = *number,
                         .end = std::min(end, query.before_sequence.value_or(end))};
}

Awaitable<Result<Rows>> Queries::read_history(TenantId tenant, const AdjustmentQuery& query,
                                              std::optional<WarehouseNumber> warehouse, std::uint64_t before,
                                              std::size_t limit) {
  // Beyond the years that the database knows there is nothing.
  constexpr Time earliest{-62'135'596'800'000};
  constexpr Time latest{253'402'300'799'999};
  const auto number =
      warehouse ? std::optional(static_cast<std::int64_t>(*warehouse)) : std::optional<std::int64_t>();
  const auto reason = query.reason ? std::optional<std::string_view>(*query.reason) : std::nullopt;
  auto reply = co_await pool_.read(
      single(statements::history, Parameters()
                                      .add(tenant.value)
                                      .add(std::string_view(query.sku))
                                      .add(static_cast<std::int64_t>(before))
                                      .add(std::clamp(query.from.value_or(earliest), earliest, latest))
                                      .add(std::clamp(query.to.value_or(latest), earliest, latest))
                                      .add(number)
                                      .add(reason)
                                      .add(static_cast<std::int64_t>(limit))));
  if (!reply) co_return std::unexpected(std::move(reply.error()));
  co_return std::move(reply->rows[0]);
}

Awaitable<Result<ReservationPtr>> Queries::find_reservation(TenantId tenant, ReservationId id) {
  Array ids(Element::id);
  ids.add(id.value);
  auto reply = co_await pool_.read(
      single(statements::reservations_by_id, Parameters().add(tenant.value).add(std::move(ids))));
  if (!reply) co_return std::unexpected(std::move(reply.error()));
  if (reply->rows[0].empty()) co_return nullptr;
  co_return postgres::read_reservation(reply->rows[0], 0);
}

Awaitable<Result<ReservationPage>> Queries::list_reservations(TenantId tenant,
                                                              const ReservationQuery& query) {
  constexpr std::uint64_t all_ones = std::numeric_limits<std::uint64_t>::max();
  const auto before = query.before ? query.before->value : Ulid{.high = all_ones, .low = all_ones};
  const auto reference = query.reference ? std::optional<std::string_view>(*query.reference) : std::nullopt;
  const auto parameters = [&] {
    return Parameters()
        .add(tenant.value)
        .add(array_of(query.statuses))
        .add(before)
        .add(static_cast<std::int64_t>(query.limit + 1));
  };
  std::vector<Call> calls;
  if (query.sku) {
    calls.emplace_back(statements::reservations_of_sku,
                       parameters().add(std::string_view(*query.sku)).add(reference));
  } else if (reference) {
    calls.emplace_back(statements::reservations_referenced, parameters().add(*reference));
  } else {
    calls.emplace_back(statements::reservations_newest, parameters());
  }
  // Read last, so that they have every warehouse that a reservation names.
  const auto known = cache_.find(tenant);
  calls.push_back(call_for_warehouses(tenant, *known));
  auto reply = co_await pool_.read(std::move(calls));
  if (!reply) co_return std::unexpected(std::move(reply.error()));
  ReservationPage page;
  const Rows& rows = reply->rows[0];
  for (std::size_t row = 0; row < std::min(rows.size(), query.limit); ++row)
    page.reservations.push_back(postgres::read_reservation(rows, row));
  page.has_more = rows.size() > query.limit;
  auto current = cache_.update(tenant, known, reply->rows[1]);
  if (current == nullptr) {
    auto again = co_await warehouses(tenant);
    if (!again) co_return std::unexpected(std::move(again.error()));
    current = std::move(*again);
  }
  page.warehouses = current->list;
  co_return page;
}

Awaitable<Result<std::vector<Tenant>>> Queries::tenants() {
  auto reply = co_await pool_.read(single(statements::all_tenants, Parameters()));
  if (!reply) co_return std::unexpected(std::move(reply.error()));
  std::vector<Tenant> tenants;
  tenants.reserve(reply->rows[0].size());
  for (std::size_t row = 0; row < reply->rows[0].size(); ++row)
    tenants.push_back(read_tenant(reply->rows[0], row));
  co_return tenants;
}

Awaitable<Result<std::vector<ApiKey>>> Queries::keys(std::optional<TenantId> tenant) {
  auto reply = co_await pool_.read(single(statements::all_keys, Parameters()));
  if (!reply) co_return std::unexpected(std::move(reply.error()));
  std::vector<ApiKey> keys;
  for (std::size_t row = 0; row < reply->rows[0].size(); ++row) {
    auto key = read_key(reply->rows[0], row);
    if (!tenant || key.tenant == *tenant) keys.push_back(std::move(key));
  }
  co_return keys;
}

}  // namespace nexus::store::postgres
