#include "store/embedded/reservation_book.hpp"

#include <algorithm>
#include <limits>

namespace nexus::store::embedded {

namespace {

constexpr domain::ReservationId newest_possible{
    {.high = std::numeric_limits<std::uint64_t>::max(), .low = std::numeric_limits<std::uint64_t>::max()}};

ReservationStatusSet only_held() {
  ReservationStatusSet statuses;
  statuses.add(domain::ReservationStatus::held);
  return statuses;
}

}  // namespace

bool matches(const domain::Reservation& reservation, const ReservationQuery& query) {
  if (!query.statuses.contains(reservation.status)) return false;
  if (query.reference && reservation.reference != *query.reference) return false;
  if (query.before && !(reservation.id < *query.before)) return false;
  return !query.sku || std::ranges::find(reservation.lines, *query.sku, &domain::ReservationLine::sku) !=
                           reservation.lines.end();
}

domain::ReservationPtr ReservationBook::find(domain::ReservationId id) const {
  const auto found = by_id_.find(id);
  return found == by_id_.end() ? nullptr : found->second;
}

// Calls `visit(id)` for what is under the name and one of the statuses, newest first and older than `before`,
// until it returns false.
template <typename Visit>
void ReservationBook::walk(ReservationStatusSet statuses, Named Index::*by, const std::string& name,
                           domain::ReservationId before, Visit&& visit) const {
  struct Cursor {
    Named::const_iterator begin;
    Named::const_iterator at;  // behind the next one
  };
  std::vector<Cursor> cursors;
  for (std::size_t i = 0; i < index_.size(); ++i) {
    if (!statuses.contains(static_cast<domain::ReservationStatus>(i))) continue;
    const Named& named = index_[i].*by;
    cursors.push_back({named.lower_bound({name, {}}), named.lower_bound({name, before})});
  }
  for (;;) {
    Cursor* newest = nullptr;
    for (auto& cursor : cursors) {
      if (cursor.at == cursor.begin) continue;
      if (newest == nullptr || std::prev(newest->at)->second < std::prev(cursor.at)->second) newest = &cursor;
    }
    if (newest == nullptr || !visit((--newest->at)->second)) return;
  }
}

domain::ReservationPtr ReservationBook::find_held(std::string_view reference) const {
  domain::ReservationPtr held;
  walk(only_held(), &Index::by_reference, std::string(reference), newest_possible,
       [&](domain::ReservationId id) {
         held = find(id);
         return false;
       });
  return held;
}

void ReservationBook::put(domain::ReservationPtr reservation) {
  auto& place = by_id_[reservation->id];
  if (place) unlink(*place);
  place = std::move(reservation);
  link(*place);
}

void ReservationBook::forget(domain::ReservationId id) {
  const auto found = by_id_.find(id);
  if (found == by_id_.end()) return;
  unlink(*found->second);
  by_id_.erase(found);
}

void ReservationBook::link(const domain::Reservation& reservation) {
  Index& index = index_[static_cast<std::size_t>(reservation.status)];
  index.all.insert({std::string(), reservation.id});
  index.by_reference.insert({reservation.reference, reservation.id});
  for (const auto& line : reservation.lines) index.by_sku.insert({line.sku, reservation.id});
}

void ReservationBook::unlink(const domain::Reservation& reservation) {
  Index& index = index_[static_cast<std::size_t>(reservation.status)];
  index.all.erase({std::string(), reservation.id});
  index.by_reference.erase({reservation.reference, reservation.id});
  for (const auto& line : reservation.lines) index.by_sku.erase({line.sku, reservation.id});
}

std::vector<domain::ReservationPtr> ReservationBook::list(const ReservationQuery& query,
                                                          std::size_t limit) const {
  std::vector<domain::ReservationPtr> found;
  const auto before = query.before.value_or(newest_possible);
  const auto visit = [&](domain::ReservationId id) {
    if (found.size() == limit) return false;
    auto reservation = find(id);
    if (matches(*reservation, query)) found.push_back(std::move(reservation));
    return true;
  };
  if (query.reference) {
    walk(query.statuses, &Index::by_reference, *query.reference, before, visit);
  } else if (query.sku) {
    walk(query.statuses, &Index::by_sku, *query.sku, before, visit);
  } else {
    walk(query.statuses, &Index::all, std::string(), before, visit);
  }
  return found;
}

std::vector<std::pair<domain::WarehouseNumber, domain::Quantity>> ReservationBook::held_of(
    std::string_view sku) const {
  std::vector<std::pair<domain::WarehouseNumber, domain::Quantity>> held;
  walk(only_held(), &Index::by_sku, std::string(sku), newest_possible, [&](domain::ReservationId id) {
    for (const auto& line : find(id)->lines) {
      if (line.sku == sku) held.emplace_back(line.warehouse, line.quantity);
    }
    return true;
  });
  return held;
}

}  // namespace nexus::store::embedded
