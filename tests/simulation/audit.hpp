#pragma once

#include <functional>
#include <string>
#include <string_view>

#include "simulation/model.hpp"
#include "store/embedded/open_store.hpp"

namespace nexus::simulation {

// Reads of the engine, each compared with what the model says. A difference is told as a sentence; nothing
// wrong is the empty one.
class Audit {
 public:
  // `may_refuse`: that the engine says it cannot read is not a difference: what it tells must be right.
  Audit(store::embedded::DrivenEngine& engine, const Model& model, bool may_refuse = false)
      : engine_(engine), model_(model), may_refuse_(may_refuse) {}

  std::string item(domain::TenantId tenant, std::string_view sku);
  std::string page(domain::TenantId tenant, const store::ItemQuery& query);
  std::string history(domain::TenantId tenant, const store::AdjustmentQuery& query, std::size_t at_once);
  std::string reservation(domain::TenantId tenant, domain::ReservationId id);
  std::string reservations(domain::TenantId tenant, const store::ReservationQuery& query);
  std::string warehouses(domain::TenantId tenant);
  std::string directory();

  // All of that for everything there is, and the figures.
  std::string everything();
  // That the store's own check finds nothing.
  std::string verify();

  // A history that is read bit by bit while the store goes on: it stays as it was when it was asked for.
  class SlowReading {
   public:
    SlowReading(store::embedded::DrivenEngine& engine, const Model& model, domain::TenantId tenant,
                std::string sku);
    bool is_at_end() const { return reader_ == nullptr; }
    std::string read(std::size_t count);

   private:
    std::string sku_;
    std::vector<Model::Line> left_;  // newest last
    std::unique_ptr<store::Store::AdjustmentReader> reader_;
    std::string problem_;
  };

 private:
  bool is_excused(const domain::Error& error) const {
    return may_refuse_ && error.code == domain::ErrorCode::unavailable;
  }
  std::string of_tenant(domain::TenantId tenant);

  store::embedded::DrivenEngine& engine_;
  const Model& model_;
  bool may_refuse_;
};

}  // namespace nexus::simulation
