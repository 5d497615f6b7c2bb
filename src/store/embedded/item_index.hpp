#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <span>
#include <string_view>
#include <vector>

#include "domain/availability.hpp"
#include "domain/warehouse.hpp"
#include "store/embedded/item_table.hpp"
#include "store/embedded/slot_set.hpp"
#include "store/queries.hpp"

namespace nexus::store::embedded {

// The live items of a tenant in the order of their SKUs' bytes: one ordered set of all, one for each status,
// and one for each warehouse and status, so that any filter's total is a sum of sizes and its page a short
// merge. Deleted items are in none. Not synchronised.
class ItemIndex {
 public:
  struct BySku {
    const ItemTable* table;
    bool operator()(SlotId a, SlotId b) const { return sku(a) < sku(b); }
    std::string_view sku(SlotId id) const { return (*table)[id].item.sku; }
  };
  using Ordered = SlotSet;

  explicit ItemIndex(const ItemTable& table);

  void insert(SlotId id, domain::Status status, const std::vector<domain::Level>& levels);
  void erase(SlotId id, domain::Status status, const std::vector<domain::Level>& levels);
  // As insert(), for ids that come in the order of their SKUs: without a search.
  void append(SlotId id, domain::Status status, const std::vector<domain::Level>& levels);
  // The halves of append(). They share nothing: two threads may do one each.
  void append_by_status(SlotId id, domain::Status status);
  void append_by_warehouse(SlotId id, domain::Status status, const std::vector<domain::Level>& levels);

  struct Move {
    SlotId id;
    domain::Status from;
    domain::Status to;
    const std::vector<domain::Level>* levels;
  };
  // Erases and inserts again, each item at most once, all of them side by side.
  void move(std::span<const Move> moves);

  std::uint64_t size() const { return all_.size(); }

  // The sets that together hold what has one of the statuses, in the warehouse if one is named.
  std::vector<const Ordered*> select(StatusSet statuses,
                                     std::optional<domain::WarehouseNumber> warehouse) const;

 private:
  using ByStatus = std::array<Ordered, domain::status_count>;
  ByStatus make_sets() const;
  Ordered& of_warehouse(domain::WarehouseNumber warehouse, domain::Status status);

  const ItemTable* table_;
  Ordered all_;  // what is asked for most, without a filter, is merged from nothing
  ByStatus by_status_;
  std::vector<ByStatus> by_warehouse_;  // by number; grows with the first level in a warehouse
};

// Walks several ordered sets as one.
class MergedItems {
 public:
  // Stands before the first item whose SKU comes behind `after`; the empty text is before all.
  MergedItems(const std::vector<const ItemIndex::Ordered*>& sets, const ItemTable& table,
              std::string_view after);
  // Nothing at the end.
  std::optional<SlotId> next() {
    if (cursors_.empty()) return std::nullopt;
    Cursor& first = cursors_.front();
    const SlotId id = *first.at;
    ++first.at;
    // One set alone has an order, and its items need no look.
    if (cursors_.size() > 1 || first.at == first.end) put_first_in_order();
    return id;
  }

 private:
  struct Cursor {
    ItemIndex::Ordered::const_iterator at;
    ItemIndex::Ordered::const_iterator end;
    std::string_view sku;  // of what it stands at
  };

  // After the first one moved on.
  void put_first_in_order();

  const ItemTable& table_;
  std::vector<Cursor> cursors_;  // in the order of their SKUs, so that one look tells which comes next
};

}  // namespace nexus::store::embedded
