#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "service/host/access_admin.hpp"
#include "service/host/export.hpp"
#include "service/host/import.hpp"
#include "store/memory/memory_store.hpp"
#include "store/wait.hpp"
#include "support/manual_clock.hpp"

namespace nexus::test {

// A text as an input, in pieces of so many bytes.
inline service::ByteSource source_of(std::string text, std::size_t piece = 7) {
  return [text = std::move(text), piece,
          at = std::size_t{0}](std::string& buffer) mutable -> domain::Result<bool> {
    const auto next = std::string_view(text).substr(at, piece);
    buffer += next;
    at += next.size();
    return !next.empty();
  };
}

// A store with tenants that import and export.
class HostWorld {
 public:
  store::Store& store() { return *store_; }

  domain::TenantId make_tenant(const std::string& name) {
    return service::create_tenant(*store_, name).value().id;
  }

  domain::Result<service::ImportReport> try_import(domain::TenantId tenant, std::string text,
                                                   service::RowFormat format = service::RowFormat::csv,
                                                   bool create_warehouses = true) {
    return service::import_stock(
        *store_,
        {.tenant = tenant, .actor = "import", .format = format, .create_warehouses = create_warehouses},
        source_of(std::move(text), 4096), {});
  }
  service::ImportReport import(domain::TenantId tenant, std::string text,
                               service::RowFormat format = service::RowFormat::csv) {
    return try_import(tenant, std::move(text), format).value();
  }

  std::string export_text(domain::TenantId tenant, service::RowFormat format = service::RowFormat::csv) {
    std::string out;
    const auto report = service::export_stock(*store_, tenant, format,
                                              [&](std::string_view piece) -> domain::Result<void> {
                                                out += piece;
                                                return {};
                                              },
                                              {});
    EXPECT_TRUE(report.has_value());
    return out;
  }

  domain::Outcome execute(domain::TenantId tenant, domain::Request request) {
    return store::wait(store_->execute({.tenant = tenant, .actor = "ada", .request = std::move(request)},
                                       std::nullopt))
        .value()
        .outcome;
  }

  domain::Item item(domain::TenantId tenant, std::string_view sku) {
    domain::Item copy;
    EXPECT_TRUE(store::wait(store_->read_item(
        tenant, sku, [&](const domain::Item& item, const domain::Warehouses&) { copy = item; })))
        << sku;
    return copy;
  }

 private:
  ManualClock clock_;
  std::unique_ptr<store::Store> store_ = store::make_memory_store(clock_);
};

// "line: message" of each bad line.
inline std::vector<std::string> complaints(const service::ImportReport& report) {
  std::vector<std::string> lines;
  for (const auto& bad : report.first_bad_lines)
    lines.push_back(std::to_string(bad.line) + ": " + bad.message);
  return lines;
}

}  // namespace nexus::test
