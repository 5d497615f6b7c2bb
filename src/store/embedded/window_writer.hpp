#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "domain/error.hpp"
#include "store/clock.hpp"
#include "store/embedded/database.hpp"
#include "store/embedded/sku_start.hpp"
#include "store/embedded/state.hpp"
#include "store/embedded/window_bounds.hpp"

namespace nexus::store::embedded {

// Writes one sealed window into ledger, records and archives: adjustments as one run sorted by SKU, and what
// changed as it is by now. Where most items did, all of them are written, in place of all runs there are.
class WindowWriter {
 public:
  // `least` is what a small store's windows have.
  WindowWriter(Database& database, const State& state, const Window& window, WindowBounds least,
               const Clock& clock);

  // All or nothing; the mark of the checkpoint comes with it.
  domain::Result<void> write();

  // The closed reservations that the archive has now.
  const std::vector<std::pair<TenantState*, domain::ReservationId>>& archived() const { return archived_; }

 private:
  static constexpr std::uint32_t not_met = 0xffff'ffff;
  struct Item {
    TenantState* tenant;
    std::string_view sku;  // in the item's slot, where it does not change
    SkuStart start;        // of that, in the order of bytes
    SlotId slot;
    std::uint32_t index;  // in the window; not_met where it is not there
    std::uint32_t lines;  // its adjustments there

    bool comes_before(const Item& other) const;
  };

  bool writes_all_items();
  void add_items(const std::vector<Window::ItemRef>& refs, bool are_of_window);
  std::vector<Window::ItemRef> other_items() const;
  void write_ledger(SortedRun& run) const;
  std::vector<std::uint32_t> sort_lines() const;
  void gather_reservations();
  void gather_reservation(const Window::ReservationRef& ref);
  void write_records(SortedRun& run) const;
  void write_items(SortedRun& run) const;
  void write_directory(SortedRun& run) const;
  void write_warehouses(SortedRun& run) const;
  void write_reservations(SortedRun& run) const;
  void write_answers(SortedRun& run) const;
  void write_mark(SortedRun& run) const;

  Database& database_;
  const State& state_;
  const Window& window_;
  const WindowBounds least_;
  const Clock& clock_;
  std::vector<Item> items_;                                  // to be written, by tenant and SKU
  std::map<std::string, std::optional<std::string>> held_;   // records; nothing takes one away
  std::vector<std::pair<std::string, std::string>> closed_;  // archive entries, sorted
  std::vector<std::pair<TenantState*, domain::ReservationId>> archived_;
};

}  // namespace nexus::store::embedded
