#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include "domain/ids.hpp"
#include "domain/item.hpp"
#include "domain/warehouse.hpp"
#include "http/api/json_text.hpp"
#include "http/api/record_json.hpp"

namespace nexus::http {

// The JSON of records that are read again and again, so that the SKU of a flash sale and the first page of a
// list are not written out anew for everyone who asks.
//
// What is kept stands for one tenant, SKU, form, version and time of change, and is used for nothing else.
// Every change of what a record shows gives it another version (that is what its ETag says), so nothing has
// to be thrown away when a record changes.
//
// Bounded in places and bytes. What is asked for once is not kept: walking through a million records costs a
// hash each and pushes nothing out. Not for two threads at once; each has its own.
class RenderedRecords {
 public:
  static constexpr std::size_t places = 2048;
  static constexpr std::size_t record_bytes_max = 4096;  // a longer one is written anew each time

  // Appends what append_record() does.
  void append(JsonText& out, domain::TenantId tenant, const domain::Item& item,
              const domain::Warehouses& warehouses, RecordForm form);

  // Of the records that were appended, so many were taken from what is kept.
  std::uint64_t reused() const { return reused_; }

 private:
  struct Place {
    std::uint64_t asked_for = 0;  // the hash of what was last looked for here in vain
    domain::TenantId tenant{};
    std::uint64_t version = 0;  // 0: nothing is kept here, as no record has it
    domain::Time updated_at{};
    RecordForm form{};
    std::size_t sku_bytes = 0;
    std::string text;  // the SKU, then the JSON

    bool holds(domain::TenantId of, const domain::Item& item, RecordForm as) const {
      return version == item.version && updated_at == item.updated_at && form == as && tenant == of &&
             sku_bytes == item.sku.size() && text.starts_with(item.sku);
    }
    void keep(domain::TenantId of, const domain::Item& item, RecordForm as, std::string_view json);
    std::string_view json() const { return {text.data() + sku_bytes, text.size() - sku_bytes}; }
  };

  // Appends a record that is not kept, and keeps it if it is asked for again.
  static void render(JsonText& out, Place& place, std::uint64_t hash, domain::TenantId tenant,
                     const domain::Item& item, const domain::Warehouses& warehouses, RecordForm form);

  std::unique_ptr<std::array<Place, places>> places_ = std::make_unique<std::array<Place, places>>();
  std::uint64_t reused_ = 0;
};

}  // namespace nexus::http
