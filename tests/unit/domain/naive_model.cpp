#include "unit/domain/naive_model.hpp"

#include <algorithm>
#include <array>

namespace nexus::domain {

namespace {

// The order of API.md section 1, what the path names before what the body does. Refusals of one rank are
// equally right.
int rank(ErrorCode code) {
  switch (code) {
    case ErrorCode::validation_error:
      return 0;
    case ErrorCode::reservation_not_found:
      return 1;
    case ErrorCode::inventory_not_found:
      return 2;
    case ErrorCode::warehouse_not_found:
      return 3;
    case ErrorCode::readonly_warehouse:
      return 4;
    case ErrorCode::precondition_failed:
      return 6;
    case ErrorCode::negative_quantity:
    case ErrorCode::quantity_too_large:
      return 7;
    default:
      return 5;
  }
}

std::set<ErrorCode> foremost(const std::set<ErrorCode>& all) {
  std::set<ErrorCode> first;
  for (const auto code : all) {
    const auto other_is_before = [&](ErrorCode other) { return rank(other) < rank(code); };
    if (std::ranges::none_of(all, other_is_before)) first.insert(code);
  }
  return first;
}

std::optional<Quantity> of(const Threshold& threshold) {
  return threshold.is_default() ? std::nullopt : std::optional<Quantity>(threshold.value_or(0));
}

bool in_bounds(Quantity quantity) {
  return quantity >= 0 && quantity <= quantity_max;
}

ErrorCode out_of_bounds(Quantity quantity) {
  return quantity < 0 ? ErrorCode::negative_quantity : ErrorCode::quantity_too_large;
}

bool is_accepted(std::uint64_t version, const AcceptedVersions& accepted) {
  return !accepted || std::ranges::count(*accepted, version) > 0;
}

}  // namespace

std::set<ErrorCode> NaiveModel::run(const Request& request, Time now) {
  now_ = now;
  for (auto& [sku, record] : records) record.touched = false;
  NaiveModel after = *this;
  const auto refusals = foremost(std::visit([&](const auto& asked) { return after.run(asked); }, request));
  if (refusals.empty()) *this = std::move(after);
  return refusals;
}

std::map<std::size_t, Quantity> NaiveModel::available_rows(const Record& record) const {
  std::map<std::size_t, Quantity> rows;
  Quantity withheld = record.safety_stock;
  for (const auto& [number, row] : record.rows) {
    rows[number] = 0;
    if (!houses[number].active) continue;
    if (row.on_hand >= row.reserved) {
      rows[number] = row.on_hand - row.reserved;
    } else {
      withheld += row.reserved - row.on_hand;
    }
  }
  for (const bool readonly : {false, true}) {
    for (auto& [number, available] : rows) {
      if (houses[number].readonly() != readonly) continue;
      const Quantity taken = std::min(withheld, available);
      available -= taken;
      withheld -= taken;
    }
  }
  return rows;
}

Quantity NaiveModel::available(const Record& record) const {
  Quantity sum = -record.safety_stock;
  for (const auto& [number, row] : record.rows) {
    if (houses[number].active) sum += row.on_hand - row.reserved;
  }
  return std::max<Quantity>(0, sum);
}

std::string NaiveModel::status(const Record& record) const {
  const auto total = available(record);
  if (total <= 0) return "out_of_stock";
  if (total <= record.critical.value_or(record.safety_stock)) return "critical";
  if (total <= record.low.value_or(2 * record.safety_stock)) return "low";
  return "normal";
}

NaiveModel::Record* NaiveModel::find(const std::string& sku) {
  const auto found = records.find(sku);
  return found == records.end() || !found->second.exists ? nullptr : &found->second;
}

std::optional<std::size_t> NaiveModel::house(const std::string& id) const {
  for (std::size_t i = 0; i < houses.size(); ++i) {
    if (houses[i].id == id) return i;
  }
  return std::nullopt;
}

NaiveModel::Order* NaiveModel::order(const std::string& id) {
  const auto found = std::ranges::find(orders, id, &Order::id);
  return found == orders.end() ? nullptr : &*found;
}

NaiveModel::Codes NaiveModel::run(const CreateWarehouse& request) {
  houses.push_back({.id = {}, .name = request.name, .type = request.type, .address = request.address});
  return {};
}

NaiveModel::Codes NaiveModel::run(const ChangeWarehouse& request) {
  const auto number = house(request.id.text());
  if (!number) return {ErrorCode::warehouse_not_found};
  House after = houses[*number];
  if (request.name) after.name = *request.name;
  if (request.address) after.address = *request.address;
  if (request.is_active) after.active = *request.is_active;
  House& before = houses[*number];
  const bool changed =
      after.name != before.name || after.address != before.address || after.active != before.active;
  before = after;
  if (!changed) return {};
  for (auto& [sku, record] : records) {
    if (record.rows.contains(*number)) record.touched = true;
  }
  return {};
}

NaiveModel::Codes NaiveModel::run(const CreateItem& request) {
  if (find(request.sku) != nullptr) return {ErrorCode::inventory_exists};
  Record& record = records[request.sku];
  record = Record{.exists = true,
                  .touched = true,
                  .title = request.settings.title,
                  .safety_stock = request.settings.safety_stock,
                  .low = of(request.settings.low_threshold),
                  .critical = of(request.settings.critical_threshold),
                  .version = record.version,
                  .rows = {}};
  return {};
}

NaiveModel::Codes NaiveModel::run(const ChangeItem& request) {
  Record* record = find(request.sku);
  if (record == nullptr) return {ErrorCode::inventory_not_found};
  if (!is_accepted(record->version, request.if_match)) return {ErrorCode::precondition_failed};
  const auto set = [&](auto& field, const auto& value) {
    record->touched |= field != value;
    field = value;
  };
  if (request.title) set(record->title, *request.title);
  if (request.safety_stock) set(record->safety_stock, *request.safety_stock);
  if (request.low_threshold) set(record->low, of(*request.low_threshold));
  if (request.critical_threshold) set(record->critical, of(*request.critical_threshold));
  return {};
}

NaiveModel::Codes NaiveModel::run(const DeleteItem& request) {
  Record* record = find(request.sku);
  if (record == nullptr) return {ErrorCode::inventory_not_found};
  Codes refusals;
  for (const auto& [number, row] : record->rows) {
    if (row.on_hand != 0 || row.reserved != 0) refusals.insert(ErrorCode::inventory_not_empty);
  }
  if (!is_accepted(record->version, request.if_match)) refusals.insert(ErrorCode::precondition_failed);
  *record = Record{.exists = false, .touched = true, .version = record->version};
  return refusals;
}

NaiveModel::Codes NaiveModel::update(const LevelUpdate& update, const AcceptedVersions& if_match) {
  Codes refusals;
  Record* record = find(update.sku);
  const auto number = house(update.warehouse_id.text());
  if (record == nullptr) refusals.insert(ErrorCode::inventory_not_found);
  if (!number) refusals.insert(ErrorCode::warehouse_not_found);
  if (number && houses[*number].readonly()) refusals.insert(ErrorCode::readonly_warehouse);
  if (number && !houses[*number].active) refusals.insert(ErrorCode::warehouse_inactive);
  if (record == nullptr || !number) return refusals;
  const Quantity before = record->rows.contains(*number) ? record->rows[*number].on_hand : 0;
  if (update.expected_quantity && *update.expected_quantity != before) {
    refusals.insert(ErrorCode::quantity_changed);
  }
  if (!is_accepted(record->version, if_match)) refusals.insert(ErrorCode::precondition_failed);
  __extension__ const __int128 after =
      update.is_delta ? static_cast<__int128>(before) + update.quantity : update.quantity;
  if (after < 0) refusals.insert(ErrorCode::negative_quantity);
  if (after > quantity_max) refusals.insert(ErrorCode::quantity_too_large);
  if (!refusals.empty()) return refusals;
  record->rows[*number].on_hand = static_cast<Quantity>(after);
  record->touched = true;
  return {};
}

NaiveModel::Codes NaiveModel::sync(const SyncRow& row) {
  Codes refusals;
  Record* record = find(row.sku);
  const auto number = house(row.warehouse_id.text());
  if (record == nullptr) refusals.insert(ErrorCode::inventory_not_found);
  if (!number) refusals.insert(ErrorCode::warehouse_not_found);
  if (number && !houses[*number].readonly()) refusals.insert(ErrorCode::warehouse_not_readonly);
  if (number && !houses[*number].active) refusals.insert(ErrorCode::warehouse_inactive);
  for (const auto quantity : {row.on_hand, row.reserved}) {
    if (!in_bounds(quantity)) refusals.insert(out_of_bounds(quantity));
  }
  if (!refusals.empty()) return refusals;
  record->rows[*number] = {.on_hand = row.on_hand, .reserved = row.reserved};
  record->touched = true;
  return {};
}

template <typename Updates, typename Apply>
NaiveModel::Codes NaiveModel::in_order(const Updates& updates, BulkMode mode, Apply&& apply) {
  Codes first;
  for (const auto& each : updates) {
    const auto refusals = foremost(apply(each));
    if (first.empty()) first = refusals;
  }
  return mode == BulkMode::atomic ? first : Codes{};
}

NaiveModel::Codes NaiveModel::run(const UpdateLevels& request) {
  if (!request.is_bulk) return update(request.updates.at(0), request.if_match);
  return in_order(request.updates, request.mode,
                  [&](const LevelUpdate& each) { return update(each, std::nullopt); });
}

NaiveModel::Codes NaiveModel::run(const SyncLevels& request) {
  return in_order(request.rows, request.mode, [&](const SyncRow& each) { return sync(each); });
}

// Nothing when it was taken, else what is there. Each row is looked at anew after everything that was taken
// before.
std::optional<Quantity> NaiveModel::take(const RequestedLine& line, Order& order) {
  Record& record = *find(line.sku);
  const auto rows = available_rows(record);
  const auto may_use = [&](std::size_t number) {
    return line.warehouse_id ? houses[number].id == line.warehouse_id->text() : !houses[number].readonly();
  };
  Quantity there = 0;
  for (const auto& [number, available] : rows) there += may_use(number) ? available : 0;
  if (there < line.quantity) return there;
  Quantity rest = line.quantity;
  for (const auto& [number, available] : rows) {
    const Quantity part = may_use(number) ? std::min(rest, available) : 0;
    if (part == 0) continue;
    record.rows[number].reserved += part;
    rest -= part;
    order.lines.push_back({line.sku, number, part});
  }
  record.touched = true;
  return std::nullopt;
}

NaiveModel::Codes NaiveModel::run(const HoldReservation& request) {
  Codes refusals;
  for (const auto& line : request.lines) {
    if (find(line.sku) == nullptr) refusals.insert(ErrorCode::inventory_not_found);
    if (!line.warehouse_id) continue;
    const auto number = house(line.warehouse_id->text());
    if (!number) refusals.insert(ErrorCode::warehouse_not_found);
    if (number && houses[*number].readonly()) refusals.insert(ErrorCode::readonly_warehouse);
    if (number && !houses[*number].active) refusals.insert(ErrorCode::warehouse_inactive);
  }
  for (const auto& other : orders) {
    if (other.status == "held" && other.reference == request.reference) {
      refusals.insert(ErrorCode::reservation_exists);
    }
  }
  if (!refusals.empty()) return refusals;
  Order order{.id = {}, .reference = request.reference, .lines = {}, .expires_at = {}};
  if (request.expires_in_seconds) order.expires_at = Time{now_.ms + 1000 * *request.expires_in_seconds};
  for (const auto& line : request.lines) {
    if (take(line, order)) refusals.insert(ErrorCode::insufficient_stock);
  }
  orders.push_back(std::move(order));
  return refusals;
}

NaiveModel::Codes NaiveModel::run(const ShipReservation& request) {
  Codes refusals;
  for (const auto& line : request.lines.value_or(std::vector<RequestedLine>{})) {
    if (find(line.sku) == nullptr) refusals.insert(ErrorCode::inventory_not_found);
    if (!house(line.warehouse_id.value().text())) refusals.insert(ErrorCode::warehouse_not_found);
  }
  Order* held = order(request.id);
  if (held == nullptr) refusals.insert(ErrorCode::reservation_not_found);
  if (held != nullptr && held->status != "held") refusals.insert(ErrorCode::reservation_closed);
  if (!refusals.empty()) return refusals;

  std::vector<Held> gone;
  if (request.lines) {
    for (const auto& line : *request.lines)
      gone.push_back({line.sku, *house(line.warehouse_id->text()), line.quantity});
  } else {
    gone = held->lines;
  }
  std::vector<Held> rest = held->lines;
  for (const auto& line : gone) {
    if (!houses[line.house].active) refusals.insert(ErrorCode::warehouse_inactive);
    Quantity wanted = line.quantity;
    for (auto& own : rest) {
      if (own.sku != line.sku || own.house != line.house) continue;
      const auto part = std::min(wanted, own.quantity);
      own.quantity -= part;
      wanted -= part;
    }
    if (wanted > 0) refusals.insert(ErrorCode::insufficient_stock);
    Record& record = *find(line.sku);
    Row& row = record.rows[line.house];
    row.on_hand -= line.quantity;
    row.reserved -= line.quantity;
    record.touched = true;
    if (row.on_hand < 0) refusals.insert(ErrorCode::negative_quantity);
  }
  std::erase_if(rest, [](const Held& line) { return line.quantity == 0; });
  if (rest.empty()) {
    held->status = "shipped";
  } else {
    held->lines = rest;
  }
  return refusals;
}

NaiveModel::Codes NaiveModel::run(const ReleaseReservation& request) {
  Order* held = order(request.id);
  if (held == nullptr) return {ErrorCode::reservation_not_found};
  if (held->status != "held") return {ErrorCode::reservation_closed};
  held->status = "released";
  for (const auto& line : held->lines) {
    records[line.sku].rows[line.house].reserved -= line.quantity;
    records[line.sku].touched = true;
  }
  return {};
}

NaiveModel::Codes NaiveModel::run(const ExpireReservation& request) {
  Order* held = order(request.id.text());
  if (held != nullptr && held->status == "held" && (!held->expires_at || now_ < *held->expires_at)) {
    return {ErrorCode::validation_error};
  }
  auto refusals = run(ReleaseReservation{request.id.text()});
  if (refusals.empty()) held->status = "expired";
  return refusals;
}

bool NaiveModel::import(const ImportRow& row, bool create_warehouses) {
  std::optional<std::size_t> number;
  if (row.quantity) {
    number = house(*row.warehouse);
    if (!number) {
      const auto named = std::ranges::count(houses, *row.warehouse, &House::name);
      if (named > 1 || (named == 0 && !create_warehouses)) return false;
      if (named == 0) houses.push_back({.id = {}, .name = *row.warehouse, .address = {}});
      number = std::ranges::find(houses, *row.warehouse, &House::name) - houses.begin();
    }
    if (!houses[*number].active) return false;
  }
  Record& record = records[row.sku];
  if (!record.exists) {
    record.exists = true;
    record.touched = true;
  }
  const auto set = [&](auto& field, const auto& value) {
    record.touched |= field != value;
    field = value;
  };
  if (row.title) set(record.title, *row.title);
  if (row.safety_stock) set(record.safety_stock, *row.safety_stock);
  if (row.low_threshold) set(record.low, of(*row.low_threshold));
  if (row.critical_threshold) set(record.critical, of(*row.critical_threshold));
  if (number) {
    record.touched |= !record.rows.contains(*number);
    set(record.rows[*number].on_hand, *row.quantity);
  }
  return true;
}

NaiveModel::Codes NaiveModel::run(const ImportRows& request) {
  import_errors = 0;
  for (const auto& row : request.rows) {
    if (!import(row, request.create_warehouses)) ++import_errors;
  }
  return {};
}

}  // namespace nexus::domain
