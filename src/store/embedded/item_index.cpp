#include "store/embedded/item_index.hpp"

#include <algorithm>
#include <numeric>
#include <utility>

namespace nexus::store::embedded {

ItemIndex::ItemIndex(const ItemTable& table) : table_(&table), all_(table), by_status_(make_sets()) {}

ItemIndex::ByStatus ItemIndex::make_sets() const {
  const auto empty = [this] { return Ordered(*table_); };
  return {empty(), empty(), empty(), empty()};
}

ItemIndex::Ordered& ItemIndex::of_warehouse(domain::WarehouseNumber warehouse, domain::Status status) {
  while (by_warehouse_.size() <= warehouse) by_warehouse_.push_back(make_sets());
  return by_warehouse_[warehouse][static_cast<std::size_t>(status)];
}

void ItemIndex::insert(SlotId id, domain::Status status, const std::vector<domain::Level>& levels) {
  all_.insert(id);
  by_status_[static_cast<std::size_t>(status)].insert(id);
  for (const auto& level : levels) of_warehouse(level.warehouse, status).insert(id);
}

void ItemIndex::erase(SlotId id, domain::Status status, const std::vector<domain::Level>& levels) {
  all_.erase(id);
  by_status_[static_cast<std::size_t>(status)].erase(id);
  for (const auto& level : levels) of_warehouse(level.warehouse, status).erase(id);
}

void ItemIndex::append(SlotId id, domain::Status status, const std::vector<domain::Level>& levels) {
  append_by_status(id, status);
  append_by_warehouse(id, status, levels);
}

void ItemIndex::append_by_status(SlotId id, domain::Status status) {
  all_.append(id);
  by_status_[static_cast<std::size_t>(status)].append(id);
}

void ItemIndex::append_by_warehouse(SlotId id, domain::Status status,
                                    const std::vector<domain::Level>& levels) {
  for (const auto& level : levels) of_warehouse(level.warehouse, status).append(id);
}

// Sorts by counting into what is to be erased from and inserted into each set, so that a set gets it at once.
void ItemIndex::move(std::span<const Move> moves) {
  if (moves.empty()) return;
  constexpr std::size_t changes_of_sets = 2 * domain::status_count;
  const auto visit = [&](auto&& change) {
    for (const auto& [id, from, to, levels] : moves) {
      const auto visit_sets = [&](std::size_t sets) {
        change(sets * changes_of_sets + static_cast<std::size_t>(from), id);
        change(sets * changes_of_sets + domain::status_count + static_cast<std::size_t>(to), id);
      };
      visit_sets(0);
      for (const auto& level : *levels) visit_sets(1 + level.warehouse);
    }
  };
  std::vector<std::uint32_t> ends((1 + by_warehouse_.size()) * changes_of_sets);
  visit([&](std::size_t change, SlotId /*id*/) { ++ends[change]; });
  std::vector<SlotId> ids(std::accumulate(ends.begin(), ends.end(), std::size_t{0}));
  std::exclusive_scan(ends.begin(), ends.end(), ends.begin(), 0U);
  visit([&](std::size_t change, SlotId id) { ids[ends[change]++] = id; });

  std::uint32_t begin = 0;
  for (std::size_t change = 0; change < ends.size(); ++change) {
    const auto end = ends[change];
    const std::span<const SlotId> changed(ids.data() + begin, end - begin);
    begin = end;
    const auto sets = change / changes_of_sets;
    auto& of = sets == 0 ? by_status_ : by_warehouse_[sets - 1];
    const auto status = change % changes_of_sets;
    if (status < domain::status_count) {
      of[status].erase(changed);
    } else {
      of[status - domain::status_count].insert(changed);
    }
  }
}

std::vector<const ItemIndex::Ordered*> ItemIndex::select(
    StatusSet statuses, std::optional<domain::WarehouseNumber> warehouse) const {
  std::vector<const Ordered*> sets;
  if (!warehouse && statuses.is_empty() && !all_.empty()) return {&all_};
  if (warehouse && *warehouse >= by_warehouse_.size()) return sets;
  const ByStatus& of = warehouse ? by_warehouse_[*warehouse] : by_status_;
  for (std::size_t i = 0; i < of.size(); ++i) {
    if (statuses.contains(static_cast<domain::Status>(i)) && !of[i].empty()) sets.push_back(&of[i]);
  }
  return sets;
}

MergedItems::MergedItems(const std::vector<const ItemIndex::Ordered*>& sets, const ItemTable& table,
                         std::string_view after)
    : table_(table) {
  cursors_.reserve(sets.size());
  for (const auto* set : sets) {
    const auto at = after.empty() ? set->begin() : set->upper_bound(after);
    if (at != set->end()) cursors_.push_back({at, set->end(), table[*at].item.sku});
  }
  std::ranges::sort(cursors_, {}, &Cursor::sku);
}

void MergedItems::put_first_in_order() {
  Cursor& first = cursors_.front();
  if (first.at == first.end) {
    cursors_.erase(cursors_.begin());
    return;
  }
  first.sku = table_[*first.at].item.sku;
  for (std::size_t i = 1; i < cursors_.size() && cursors_[i].sku < cursors_[i - 1].sku; ++i) {
    std::swap(cursors_[i - 1], cursors_[i]);
  }
}

}  // namespace nexus::store::embedded
