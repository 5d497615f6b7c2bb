#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <string_view>
#include <vector>

#include <boost/unordered/unordered_flat_map.hpp>

#include "domain/view.hpp"

namespace nexus::domain {

// Changes on top of a view that does not change: what was edited is copied and reads as edited, everything
// else reads as in the view below. Drafts stack, so that a decision can be judged on what the ones before it
// left and dropped without a trace. Not for several threads.
class Draft final : public View, public Editor {
 public:
  // `below` must outlive the draft, or at least its last read.
  explicit Draft(const View& below) : below_(&below) {}
  // A draft on top of a draft is made of its View: this would be a copy of it.
  Draft(const Draft&) = delete;
  Draft& operator=(const Draft&) = delete;

  const Tenant* find_tenant(std::string_view name) const override;
  const Tenant* find_tenant(TenantId id) const override;
  const ApiKey* find_key(KeyId id) const override;
  FoundItem look_up_item(std::string_view sku) const override;
  void prefetch_items(std::span<const std::string_view> skus) const override { below_->prefetch_items(skus); }
  WarehousesPtr warehouses() const override;
  ReservationPtr find_reservation(ReservationId id) const override;
  ReservationPtr find_held(std::string_view reference) const override;
  AnswerPtr find_answer(std::string_view key) const override;

  void put_tenant(const Tenant& tenant) override;
  void put_key(const ApiKey& key) override;
  ApiKey* edit_key(KeyId id) override;
  void put_warehouse(WarehouseNumber number, const Warehouse& warehouse) override;
  // Only noted: items read through this draft keep their version. A command that changes a warehouse reads
  // none after.
  void touch_items_of(WarehouseNumber number, Time at) override;
  Item* edit_item(std::string_view sku) override;
  ReservationPtr reservation_to_edit(ReservationId id) override;
  void put_reservation(ReservationPtr reservation) override;
  void keep_answer(const AnswerKept& answer) override;

  // Makes room for so many edited items at once.
  void reserve_items(std::size_t count);

  // Takes over what a draft on top of this one changed.
  void absorb(Draft&& above);

  // What was changed, for whoever makes it the state.
  struct Touched {
    WarehouseNumber warehouse;
    Time at;
  };
  std::vector<std::unique_ptr<Item>>& items() { return items_; }
  const std::vector<std::unique_ptr<Item>>& items() const { return items_; }
  // Of each of them: FoundItem::mark.
  const std::vector<std::uint64_t>& marks() const { return marks_; }
  const std::vector<ReservationPtr>& reservations() const { return reservations_; }
  const std::vector<AnswerPtr>& answers() const { return answers_; }
  const std::vector<std::unique_ptr<Tenant>>& tenants() const { return tenants_; }
  const std::vector<std::unique_ptr<ApiKey>>& keys() const { return keys_; }
  const std::vector<Touched>& touched() const { return touched_; }
  // Null when no warehouse was made or changed.
  const WarehousesPtr& changed_warehouses() const { return warehouses_; }

 private:
  // The place of what was edited here, or how many there are. `sku` tells those apart that have no mark.
  std::size_t find_own(std::uint64_t mark, std::string_view sku) const;
  // Not to be there yet.
  Item* put_item(std::unique_ptr<Item> item, std::uint64_t mark);

  const View* below_;
  // What was looked up last: who edits an item has just looked at it. And where it is in items_, or will be
  // as soon as it is edited.
  mutable FoundItem last_;
  mutable std::size_t last_own_ = 0;
  std::vector<std::unique_ptr<Item>> items_;
  std::vector<std::uint64_t> marks_;
  // Both are empty as long as there is no second item. What has no mark is found by its name, which lives in
  // items_.
  boost::unordered_flat_map<std::uint64_t, std::size_t> item_by_mark_;
  boost::unordered_flat_map<std::string_view, std::size_t> item_by_sku_;
  std::vector<ReservationPtr> reservations_;
  boost::unordered_flat_map<ReservationId, std::size_t, IdHash> reservation_by_id_;
  boost::unordered_flat_map<std::string_view, std::size_t> held_by_reference_;  // names live in reservations_
  std::vector<AnswerPtr> answers_;
  boost::unordered_flat_map<std::string_view, std::size_t> answer_by_key_;  // names live in answers_
  std::vector<std::unique_ptr<Tenant>> tenants_;
  std::vector<std::unique_ptr<ApiKey>> keys_;
  std::vector<Touched> touched_;
  WarehousesPtr warehouses_;
};

}  // namespace nexus::domain
