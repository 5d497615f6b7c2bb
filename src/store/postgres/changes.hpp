#pragma once

#include <cstdint>
#include <map>
#include <utility>
#include <vector>

#include "domain/draft.hpp"
#include "domain/events.hpp"
#include "store/postgres/connection.hpp"
#include "store/postgres/locked_view.hpp"

namespace nexus::store::postgres {

// What a transaction writes: the difference between what was locked and what was decided, as statements over
// arrays. Each key stands in them once: drafts are folded already.
class Changes {
 public:
  // All must outlive it. Items are written as of `last_sequence`.
  Changes(domain::TenantId tenant, const LockedView& before, const domain::Draft& after,
          std::uint64_t last_sequence);

  // The statements for all that the draft changed, but for the items that a changed warehouse touches.
  std::vector<Call> statements(const std::vector<domain::CommitPtr>& commits);

  // Those for lines of the ledger alone.
  std::vector<Call> ledger(const std::vector<domain::CommitPtr>& commits) const;

  // Those for items that a warehouse's change gave a new version.
  struct Touched {
    const ItemRow* before;
    domain::Item after;
  };
  std::vector<Call> statements(const std::vector<Touched>& touched);

  // The statement for the counts of all that was written so far, in a slot of its own. The last one, so that
  // nobody waits for the rows longer than needed; none when no count changed.
  std::vector<Call> counts(std::int64_t slot);

  // The tenant's warehouses as they will be.
  const domain::Warehouses& warehouses() const { return *warehouses_; }
  std::uint64_t revision() const { return revision_; }

 private:
  struct Written {
    const ItemRow* before;  // null when there was no row
    const domain::Item* after;
    domain::Status status;
  };
  using Place = std::pair<std::int64_t, std::int64_t>;  // warehouse, status

  void add_items(std::vector<Call>& calls, const std::vector<Written>& items);
  void add_item_rows(std::vector<Call>& calls, const std::vector<Written>& items, bool is_new);
  void add_places(std::vector<Call>& calls, const std::vector<Written>& items);
  void add_adjustments(std::vector<Call>& calls, const std::vector<domain::CommitPtr>& commits) const;
  void add_reservations(std::vector<Call>& calls) const;
  void add_reservation_rows(std::vector<Call>& calls, const std::vector<domain::ReservationPtr>& rows,
                            bool is_new) const;
  void add_answers(std::vector<Call>& calls) const;
  void add_warehouses(std::vector<Call>& calls) const;
  void add_directory(std::vector<Call>& calls) const;

  domain::TenantId tenant_;
  const LockedView& before_;
  const domain::Draft& after_;
  std::uint64_t last_sequence_;
  domain::WarehousesPtr warehouses_;
  std::uint64_t revision_;
  std::map<Place, std::int64_t> count_changes_;
};

}  // namespace nexus::store::postgres
