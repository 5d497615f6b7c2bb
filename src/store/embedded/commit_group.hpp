#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "domain/draft.hpp"
#include "domain/events.hpp"
#include "store/embedded/event_codec.hpp"
#include "store/embedded/state.hpp"

namespace nexus::store::embedded {

// Commits that become durable with one sync and visible at one moment.
struct CommitGroup {
  struct Entry {
    domain::CommitPtr commit;
    EncodedCommit places;  // in `bytes`
  };
  struct TenantDraft {
    domain::TenantId tenant;
    std::unique_ptr<domain::View> base;  // the state below the draft
    std::unique_ptr<domain::Draft> draft;
  };

  std::string bytes;  // framed as commit_log.hpp says
  std::vector<Entry> entries;
  std::vector<TenantDraft> drafts;
};

// Makes a group that is durable the state. What can be found out beforehand is found out by the constructor,
// so that publish(), which keeps readers out, is short. On the writer's thread.
class Publication {
 public:
  Publication(State& state, CommitGroup& group);
  void publish();

 private:
  struct ChangedItem {
    domain::Item* content;  // in the draft
    SlotId slot;
    bool is_new;
    domain::Status status;
  };
  struct TouchedItem {
    SlotId slot;
    domain::Status status;
  };
  struct Part {
    TenantState* tenant;  // null for one that has nothing yet
    CommitGroup::TenantDraft* of;
    std::vector<ChangedItem> items;
    std::vector<ItemIndex::Move> moves;  // of the items, between the index's sets
    std::vector<TouchedItem> touched;
    domain::Time touched_at;
    std::size_t next_adjusted = 0;       // the item that the next adjustment is likely of
    std::unique_ptr<ItemIndex> rebuilt;  // when touching moves much
  };

  void prepare_items(Part& part);
  void prepare_touched(Part& part);
  void publish_part(Part& part);
  void publish_items(Part& part);
  void prefetch_change(const TenantState& tenant, const ChangedItem& item) const;
  void publish_item(Part& part, ChangedItem& item);
  void publish_touched(Part& part);
  void publish_events();
  static SlotId slot_of(Part& part, std::string_view sku);

  State& state_;
  CommitGroup& group_;
  std::vector<Part> parts_;
};

}  // namespace nexus::store::embedded
