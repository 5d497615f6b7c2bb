#include "store/embedded/tenant_view.hpp"

#include <shared_mutex>

namespace nexus::store::embedded {

const domain::Tenant* TenantView::find_tenant(std::string_view name) const {
  return state_.directory.find_tenant(name);
}

const domain::Tenant* TenantView::find_tenant(domain::TenantId id) const {
  return state_.directory.find_tenant(id);
}

const domain::ApiKey* TenantView::find_key(domain::KeyId id) const {
  return state_.directory.find_key(id).get();
}

const domain::Item* TenantView::find_item(std::string_view sku) const {
  if (tenant_ == nullptr) return nullptr;
  const auto slot = tenant_->items.find(sku);
  return slot ? &tenant_->items[*slot].item : nullptr;
}

void TenantView::prefetch_items(std::span<const std::string_view> skus) const {
  if (tenant_ != nullptr) tenant_->items.prefetch(skus);
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
