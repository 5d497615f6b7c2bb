#include "contract/snapshot.hpp"

#include "contract/contract_test.hpp"
#include "support/describe.hpp"

namespace nexus::contract {

using test::describe;

namespace {

class Scribe {
 public:
  Scribe(store::Store& store, TenantId tenant) : store_(store), tenant_(tenant) {}

  std::string write(const std::vector<std::string>& skus) {
    const auto warehouses = wait(store_.warehouses(tenant_));
    for (const auto& warehouse : *warehouses) line("warehouse " + describe(warehouse));
    write_lists(*warehouses);
    for (const auto& sku : skus) {
      write_item(sku);
      write_history({.sku = sku});
    }
    write_filtered_histories(skus, *warehouses);
    write_reservations();
    return std::move(out_);
  }

 private:
  void line(const std::string& text) { out_ += text + '\n'; }

  void write_item(const std::string& sku) {
    const bool has = wait(store_.read_item(tenant_, sku, [&](const Item& item, const Warehouses& warehouses) {
      const auto sum = totals(item, warehouses);
      line("item " + describe(item) + " available " + std::to_string(sum.available) + " " +
           std::string(name(status_of(item, warehouses))));
    }));
    if (!has) line("no item " + sku);
  }

  void write_lists(const Warehouses& warehouses) {
    for (unsigned statuses = 0; statuses < 16; ++statuses) {
      for (std::size_t warehouse = 0; warehouse <= warehouses.size(); ++warehouse) {
        // All statuses without a warehouse and with each; each set of statuses without and with the first.
        if (statuses != 0 && warehouse > 1) continue;
        store::ItemQuery query{.limit = statuses % 2 == 0 ? 3U : 200U};
        for (unsigned bit = 0; bit < status_count; ++bit) {
          if ((statuses >> bit) % 2 != 0) query.statuses.add(static_cast<Status>(bit));
        }
        if (warehouse > 0) query.warehouse = warehouses[warehouse - 1].id;
        write_list(query, "list " + std::to_string(statuses) + " in " + std::to_string(warehouse) + ":");
      }
    }
  }

  void write_list(store::ItemQuery query, std::string text) {
    for (;;) {
      std::string last;
      const auto page = wait(store_.list_items(tenant_, query, [&](const Item& item, const Warehouses&) {
                          last = item.sku;
                          text += " " + item.sku + " v" + std::to_string(item.version);
                        })).value();
      text += " of " + std::to_string(page.total) + (page.has_more ? "," : ".");
      if (!page.has_more || last.empty()) break;
      query.after = last;
    }
    line(text);
  }

  void write_history(store::AdjustmentQuery query) {
    auto reader = wait(store_.adjustments(tenant_, std::move(query)));
    if (!reader) return line("  no history: " + verdict(reader));
    for (const auto& one : read_all(**reader, 7)) {
      line("  " + one.id + " " + std::to_string(one.sequence) + " " + one.sku + " in " +
           std::to_string(one.warehouse) + ": " + std::to_string(one.before) + " to " +
           std::to_string(one.after) + " v" + std::to_string(one.version) + " " + one.reason + " " +
           describe(one.note) + " by " + one.created_by + " at " + one.at.text());
    }
  }

  void write_filtered_histories(const std::vector<std::string>& skus, const Warehouses& warehouses) {
    for (const auto& sku : skus) {
      for (const auto& warehouse : warehouses) {
        line(" in " + warehouse.name);
        write_history({.sku = sku, .warehouse = warehouse.id, .reason = "cycle_count"});
      }
    }
  }

  void write_reservations() {
    for (store::ReservationQuery query{.limit = 7};;) {
      const auto page = wait(store_.list_reservations(tenant_, query)).value();
      for (const auto& reservation : page.reservations) {
        line("reservation " + describe(*reservation));
        const auto found = wait(store_.find_reservation(tenant_, reservation->id)).value();
        if (found == nullptr || *found != *reservation) line("  which is not what is found by its id");
      }
      if (!page.has_more || page.reservations.empty()) break;
      query.before = page.reservations.back()->id;
    }
    for (const auto status : {ReservationStatus::held, ReservationStatus::shipped,
                              ReservationStatus::released, ReservationStatus::expired}) {
      store::ReservationQuery query{.sku = "A", .limit = 100};
      query.statuses.add(status);
      std::string text = "reservations of A " + std::string(name(status)) + ":";
      const auto page = wait(store_.list_reservations(tenant_, query)).value();
      for (const auto& reservation : page.reservations) text += " " + reservation->reference;
      line(text);
    }
  }

  store::Store& store_;
  TenantId tenant_;
  std::string out_;
};

}  // namespace

std::string snapshot(store::Store& store, const std::vector<std::string>& skus) {
  std::string out;
  for (const auto& key : wait(store.keys(std::nullopt))) out += "key " + describe(key) + '\n';
  for (const auto& tenant : wait(store.tenants())) {
    out += "tenant " + describe(tenant) + '\n';
    out += Scribe(store, tenant.id).write(skus);
  }
  return out;
}

}  // namespace nexus::contract
