#pragma once

#include <cstddef>
#include <optional>
#include <utility>
#include <vector>

#include "domain/view.hpp"
#include "store/embedded/archive.hpp"
#include "store/embedded/state.hpp"

namespace nexus::store::embedded {

// The state as decisions look at it. On the writer's thread.
class TenantView final : public domain::View {
 public:
  // State and archive must outlive it.
  TenantView(const State& state, domain::TenantId tenant, const Archive& archive)
      : state_(state), tenant_(state.find(tenant)), id_(tenant), archive_(archive) {}

  const domain::Tenant* find_tenant(std::string_view name) const override;
  const domain::Tenant* find_tenant(domain::TenantId id) const override;
  const domain::ApiKey* find_key(domain::KeyId id) const override;
  domain::FoundItem look_up_item(std::string_view sku) const override;
  // Whoever looks them up in their order then finds them at once.
  void prefetch_items(std::span<const std::string_view> skus) const override;
  domain::WarehousesPtr warehouses() const override;
  domain::ReservationPtr find_reservation(domain::ReservationId id) const override;
  domain::ReservationPtr find_held(std::string_view reference) const override;
  // Where the state has an item that was found with this mark; nothing for one that it does not have.
  static std::optional<SlotId> slot_marked(std::uint64_t mark) {
    return mark == 0 ? std::nullopt : std::optional(static_cast<SlotId>(mark - 1));
  }
  // Kept answers are looked up by the writer itself.
  domain::AnswerPtr find_answer(std::string_view key) const override;

  // A decision that was taken on something that could not be read must not stand.
  std::optional<domain::Error> take_failure() const { return std::exchange(failure_, std::nullopt); }

 private:
  const State& state_;
  const TenantState* tenant_;  // null for one that has nothing yet
  domain::TenantId id_;
  const Archive& archive_;
  bool is_of(SlotId slot, std::string_view sku) const { return tenant_->items[slot].item.sku == sku; }
  bool find_foreseen(std::string_view sku) const;

  mutable std::optional<SlotId> last_;    // what was found last
  mutable std::vector<SlotId> foreseen_;  // in their order
  mutable std::size_t next_foreseen_ = 0;
  mutable std::optional<domain::Error> failure_;
};

}  // namespace nexus::store::embedded
