#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "store/embedded/database.hpp"
#include "store/embedded/state.hpp"
#include "store/store.hpp"

namespace nexus::store::embedded {

// What the windows have of one item's history, newest first. It keeps nothing of the windows between two
// calls: a line that was moved into the ledger meanwhile is not given any more, nor are those before it.
class PendingLines {
 public:
  struct Line {
    std::uint64_t sequence;
    WindowPtr window;
    std::string_view group;  // found with the mutex held: the window's table of groups may grow meanwhile
    Window::Place place;

    Adjustment read() const;  // without SKU and id; its views live as long as the window
  };

  // With the state's mutex held, shared at least. Gives lines with sequences below `end`.
  PendingLines(const State& state, const TenantState& tenant, SlotId slot, std::uint64_t end);

  // Up to `count` more. Nothing when the rest is in the ledger, which has all below `ledger_end()` then.
  std::vector<Line> next(std::size_t count);
  std::uint64_t ledger_end() const { return ledger_end_; }

 private:
  const State& state_;
  std::uint64_t next_;  // sequence; 0 when there is none
  std::uint64_t ledger_end_ = 0;
};

// The history of one SKU: what the windows have of it, then what the ledger has.
//
// Between two reads it keeps nothing but where it stands, so that a slow reader holds back no memory and no
// file: lines move from windows to ledger, but none ever changes, and their sequences say which were read.
class LedgerReader final : public Store::AdjustmentReader {
 public:
  struct Filter {
    std::optional<domain::Time> from;
    std::optional<domain::Time> to;
    std::optional<domain::WarehouseNumber> warehouse;
    std::optional<std::string> reason;

    bool accepts(const Adjustment& line) const;
  };

  // With the state's mutex held, shared at least. Reads lines with sequences below `end`.
  LedgerReader(Database& database, const State& state, const TenantState& tenant, SlotId slot, Filter filter,
               std::uint64_t end);

  Awaitable<Result<std::size_t>> read(std::size_t limit, AdjustmentVisitor visit) override;
  const domain::Warehouses& warehouses() const override { return *warehouses_; }

  // As read(), on the calling thread: stops after `scan_max` lines were looked at as well.
  struct Progress {
    std::size_t visited = 0;
    bool is_at_end = false;
  };
  Result<Progress> read_some(std::size_t limit, std::size_t scan_max, AdjustmentVisitor visit);

 private:
  Result<Progress> read_ledger(std::size_t limit, std::size_t scan_max, AdjustmentVisitor visit);
  // False at the end: nothing older can match.
  bool take(Adjustment& line, std::uint64_t sequence, Progress& progress, AdjustmentVisitor visit);

  Database& database_;
  domain::TenantId tenant_;
  std::string sku_;
  Filter filter_;
  domain::WarehousesPtr warehouses_;
  std::uint64_t end_;  // what was read already begins here
  PendingLines pending_;
  bool is_at_end_ = false;
};

}  // namespace nexus::store::embedded
