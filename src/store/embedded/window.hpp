#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "domain/ids.hpp"
#include "domain/view.hpp"
#include "store/embedded/answer_table.hpp"
#include "store/embedded/event_codec.hpp"
#include "store/embedded/item_table.hpp"
#include "store/embedded/prefetch.hpp"

namespace nexus::store::embedded {

class TenantState;

// A part of the commit log that records and ledger do not have yet: the encoded groups as they were written,
// with what is needed to read an item's adjustments and a kept answer out of them, and what a checkpoint has
// to write. The open window grows under the state's lock; a sealed one changes no more.
class Window {
 public:
  // Where an event stands in the groups.
  struct Place {
    std::uint32_t group = 0;
    std::uint32_t commit_offset = 0;
    std::uint32_t event_offset = 0;
  };
  // One for each event, by sequence. Of other events than adjustments only its being there counts.
  struct Line {
    std::uint64_t previous = 0;  // sequence of the item's adjustment before this one; 0 is none
    Place place;
    std::uint32_t item = not_an_adjustment;  // index into items()
  };
  static constexpr std::uint32_t not_an_adjustment = 0xffff'ffff;

  struct ItemRef {
    TenantState* tenant;
    SlotId slot;
    std::uint32_t lines = 0;  // its adjustments in this window
  };

  // Where lines and items stand.
  struct Room {
    std::vector<Line> lines;
    std::vector<ItemRef> items;
  };

  // Room for `events` is made beforehand, in what another window had if that is enough, so that growing holds
  // up nobody: memory that is not written to is taken from no one.
  Window(std::uint64_t events, Room room);
  // Of an empty one: the sequence that its first event will have.
  void begin_at(std::uint64_t first_sequence) { first_sequence_ = first_sequence; }

  // Leaves it without lines and items.
  Room take_room() { return {.lines = std::move(lines_), .items = std::move(items_)}; }

  std::uint64_t first_sequence() const { return first_sequence_; }
  std::uint64_t end_sequence() const { return first_sequence_ + lines_.size(); }
  std::uint64_t events() const { return lines_.size(); }
  std::uint64_t bytes() const { return bytes_; }
  bool is_empty() const { return lines_.empty(); }
  bool contains(std::uint64_t sequence) const {
    return sequence >= first_sequence_ && sequence < end_sequence();
  }

  // The group's number.
  std::uint32_t add_group(std::string bytes);
  void add_event(Line line) { lines_.push_back(line); }
  // The item's index among the changed ones.
  std::uint32_t add_item(TenantState& tenant, SlotId slot);
  // Fetches the entry, if there is one, into the processor's cache.
  void prefetch_item(std::uint32_t item) const {
    if (item < items_.size()) prefetch_bytes(&items_[item], sizeof(ItemRef));
  }
  void count_line(std::uint32_t item) { ++items_[item].lines; }
  void add_reservation(TenantState& tenant, domain::ReservationId id) {
    reservations_.push_back({&tenant, id});
  }
  void add_warehouse(TenantState& tenant, domain::WarehouseNumber number) {
    warehouses_.push_back({&tenant, number});
  }
  void add_tenant(domain::TenantId id) { tenants_.push_back(id); }
  void add_key(domain::KeyId id) { keys_.push_back(id); }
  void add_answer(domain::TenantId tenant, std::string_view key, Place place);

  const Line& line(std::uint64_t sequence) const { return lines_[sequence - first_sequence_]; }
  const std::vector<Line>& lines() const { return lines_; }
  const std::vector<ItemRef>& items() const { return items_; }

  struct ReservationRef {
    TenantState* tenant;
    domain::ReservationId id;
  };
  struct WarehouseRef {
    TenantState* tenant;
    domain::WarehouseNumber number;
  };
  const std::vector<ReservationRef>& reservations() const { return reservations_; }
  const std::vector<WarehouseRef>& warehouses() const { return warehouses_; }
  const std::vector<domain::TenantId>& tenants() const { return tenants_; }
  const std::vector<domain::KeyId>& keys() const { return keys_; }
  // By the key that the archive has them under.
  const AnswerTable<Place>& answers() const { return answers_; }

  // The bytes of a group stay where they are for as long as the window lives.
  std::string_view group(std::uint32_t number) const { return *groups_[number]; }

  // Null when it is not here.
  domain::AnswerPtr find_answer(domain::TenantId tenant, std::string_view key) const;
  domain::AnswerKept answer_at(Place place) const;

 private:
  std::uint64_t first_sequence_ = 1;
  std::uint64_t bytes_ = 0;
  std::vector<std::unique_ptr<const std::string>> groups_;
  std::vector<Line> lines_;
  std::vector<ItemRef> items_;
  std::vector<ReservationRef> reservations_;
  std::vector<WarehouseRef> warehouses_;
  std::vector<domain::TenantId> tenants_;
  std::vector<domain::KeyId> keys_;
  AnswerTable<Place> answers_;
};

using WindowPtr = std::shared_ptr<Window>;

// A commit's header and one of its adjustments, read from a group that was checked before.
struct PendingLine {
  CommitHeader commit;
  AdjustedView adjusted;
};
PendingLine read_line(std::string_view group, Window::Place place);

}  // namespace nexus::store::embedded
