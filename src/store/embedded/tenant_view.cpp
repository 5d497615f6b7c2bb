#include "store/embedded/tenant_view.hpp"

#include <algorithm>
#include <shared_mutex>

namespace nexus::store::embedded {

namespace {

// So many of the foreseen in a row may not come.
constexpr std::size_t left_out_max = 8;

}  // namespace

const domain::Tenant* TenantView::find_tenant(std::string_view name) const {
  return state_.directory.find_tenant(name);
}

const domain::Tenant* TenantView::find_tenant(domain::TenantId id) const {
  return state_.directory.find_tenant(id);
}

const domain::ApiKey* TenantView::find_key(domain::KeyId id) const {
  return state_.directory.find_key(id).get();
}

domain::FoundItem TenantView::look_up_item(std::string_view sku) const {
  if (tenant_ == nullptr) return {};
  const bool is_last = last_ && is_of(*last_, sku);
  if (!is_last && !find_foreseen(sku)) last_ = tenant_->items.find(sku);
  if (!last_) return {};
  return {.item = &tenant_->items[*last_].item, .mark = std::uint64_t{*last_} + 1};
}

// Not each of them comes. When too many are left out, it is something else that is looked up.
bool TenantView::find_foreseen(std::string_view sku) const {
  const auto end = std::min(next_foreseen_ + left_out_max, foreseen_.size());
  for (auto at = next_foreseen_; at < end; ++at) {
    if (!is_of(foreseen_[at], sku)) continue;
    last_ = foreseen_[at];
    next_foreseen_ = at + 1;
    return true;
  }
  foreseen_.clear();
  next_foreseen_ = 0;
  return false;
}

void TenantView::prefetch_items(std::span<const std::string_view> skus) const {
  if (tenant_ == nullptr) return;
  foreseen_.erase(foreseen_.begin(), foreseen_.begin() + static_cast<std::ptrdiff_t>(next_foreseen_));
  next_foreseen_ = 0;
  for (const auto slot : tenant_->items.find_all(skus)) {
    if (slot) foreseen_.push_back(*slot);
  }
}

domain::WarehousesPtr TenantView::warehouses() const {
  static const auto none = std::make_shared<const domain::Warehouses>();
  return tenant_ == nullptr ? none : tenant_->warehouses;
}

domain::ReservationPtr TenantView::find_reservation(domain::ReservationId id) const {
  if (tenant_ != nullptr) {
    const std::shared_lock lock(state_.mutex);
    if (auto reservation = tenant_->reservations.find(id)) return reservation;
  }
  auto archived = archive_.find_reservation(id_, id);
  if (archived) return std::move(*archived);
  failure_ = std::move(archived.error());
  return nullptr;
}

domain::ReservationPtr TenantView::find_held(std::string_view reference) const {
  if (tenant_ == nullptr) return nullptr;
  const std::shared_lock lock(state_.mutex);
  return tenant_->reservations.find_held(reference);
}

domain::AnswerPtr TenantView::find_answer(std::string_view /*key*/) const {
  return nullptr;
}

}  // namespace nexus::store::embedded
