#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include <absl/container/btree_map.h>
#include <absl/container/btree_set.h>

#include "domain/view.hpp"
#include "store/queries.hpp"

namespace nexus::store::embedded {

// A tenant's reservations in memory: all that are held, and the closed ones that have not been archived yet,
// with the ways to find them that the archive has too. Not synchronised.
class ReservationBook {
 public:
  // Null when there is none.
  domain::ReservationPtr find(domain::ReservationId id) const;
  domain::ReservationPtr find_held(std::string_view reference) const;

  // New, or in place of the one with its id.
  void put(domain::ReservationPtr reservation);
  // A closed one that the archive has now.
  void forget(domain::ReservationId id);

  std::uint64_t held() const { return index_[0].all.size(); }

  // Up to `limit` that match, newest first.
  std::vector<domain::ReservationPtr> list(const ReservationQuery& query, std::size_t limit) const;
  // What the held ones hold of a SKU, as (warehouse, quantity).
  std::vector<std::pair<domain::WarehouseNumber, domain::Quantity>> held_of(std::string_view sku) const;

  const absl::btree_map<domain::ReservationId, domain::ReservationPtr>& all() const { return by_id_; }

 private:
  // Names (a reference, a SKU, or nothing) with the reservations under them.
  using Named = absl::btree_set<std::pair<std::string, domain::ReservationId>>;
  struct Index {
    Named all;
    Named by_reference;
    Named by_sku;
  };

  void link(const domain::Reservation& reservation);
  void unlink(const domain::Reservation& reservation);
  template <typename Visit>
  void walk(ReservationStatusSet statuses, Named Index::*by, const std::string& name,
            domain::ReservationId before, Visit&& visit) const;

  absl::btree_map<domain::ReservationId, domain::ReservationPtr> by_id_;
  std::array<Index, 4> index_;  // by status
};

// Whether the reservation has one of the statuses, a line of the SKU, and the reference, and is old enough.
bool matches(const domain::Reservation& reservation, const ReservationQuery& query);

}  // namespace nexus::store::embedded
