#include "cli/demo.hpp"

namespace nexus::cli {

namespace {

domain::LevelUpdate counted(const std::string& sku, domain::WarehouseId warehouse, domain::Quantity quantity,
                            std::string reason, std::optional<std::string> note = std::nullopt) {
  return {.sku = sku,
          .warehouse_id = warehouse.text(),
          .quantity = quantity,
          .expected_quantity = std::nullopt,
          .reason = std::move(reason),
          .note = std::move(note)};
}

domain::CreateItem item(std::string sku, std::string title, domain::Quantity safety_stock) {
  return {.sku = std::move(sku),
          .settings = {.title = std::move(title),
                       .safety_stock = safety_stock,
                       .low_threshold = {},
                       .critical_threshold = {}}};
}

}  // namespace

DemoTenant make_reference_tenant(store::Store& store) {
  // The reference shows its mail address hidden, with a no-break space.
  DemoShop shop(store, "reference", "the API reference's own example", "[email\u00a0protected]");
  const auto warehouse_a = shop.create_warehouse({.name = "Warehouse A",
                                                  .type = domain::WarehouseType::own,
                                                  .address = "Industriestraße 1, 12345 Berlin, DE",
                                                  .marketplace = std::nullopt});
  const auto fba_eu = shop.create_warehouse({.name = "FBA EU",
                                             .type = domain::WarehouseType::fba,
                                             .address = std::nullopt,
                                             .marketplace = "amazon_eu"});
  shop.execute(item("SKU-001", "Blue Widget 500ml", 15));
  shop.execute(item("SKU-002", "", 0));
  for (auto& update : {counted("SKU-001", warehouse_a, 450, "opening_stock"),
                       counted("SKU-001", warehouse_a, 500, "supplier_receipt", "PO-2026-0312 received"),
                       counted("SKU-001", warehouse_a, 350, "cycle_count"),
                       counted("SKU-002", warehouse_a, 200, "cycle_count")}) {
    shop.execute(domain::UpdateLevels{.updates = {update}, .if_match = std::nullopt});
  }
  shop.execute(domain::SyncLevels{
      .rows = {{.sku = "SKU-001", .warehouse_id = fba_eu.text(), .on_hand = 137, .reserved = 5}}});
  shop.hold({.reference = "order-1",
             .lines = {{.sku = "SKU-001", .quantity = 18, .warehouse_id = warehouse_a.text()}},
             .expires_in_seconds = std::nullopt});
  return shop.tenant();
}

}  // namespace nexus::cli
