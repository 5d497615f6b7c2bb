#include "http/api/rendered_records.hpp"

#include <bit>
#include <cstring>
#include <utility>

namespace nexus::http {

namespace {

// SKUs differ at their beginning or end; two that don't share a place, which costs time only.
std::uint64_t hash_of(domain::TenantId tenant, std::string_view sku, RecordForm form) {
  std::uint64_t first = 0;
  std::uint64_t last = 0;
  if (sku.size() >= sizeof first) {
    std::memcpy(&first, sku.data(), sizeof first);
    std::memcpy(&last, sku.data() + sku.size() - sizeof last, sizeof last);
  } else {
    sku.copy(reinterpret_cast<char*>(&first), sku.size());
  }
  constexpr std::uint64_t odd = 0x9E3779B97F4A7C15;
  std::uint64_t hash = (first ^ domain::IdHash{}(tenant)) * odd;
  return (std::rotl(hash, 32) ^ last ^ static_cast<std::uint64_t>(form)) * odd;
}

// The highest bits of a product are those that all of its factors' bits have a part in.
constexpr int place_shift = 64 - std::countr_zero(RenderedRecords::places);
static_assert(std::has_single_bit(RenderedRecords::places));

}  // namespace

void RenderedRecords::Place::keep(domain::TenantId of, const domain::Item& item, RecordForm as,
                                  std::string_view json) {
  version = 0;  // so that nothing that fails on the way leaves a text under another's name
  text = item.sku;
  text += json;
  sku_bytes = item.sku.size();
  tenant = of;
  form = as;
  updated_at = item.updated_at;
  version = item.version;
}

void RenderedRecords::append(JsonText& out, domain::TenantId tenant, const domain::Item& item,
                             const domain::Warehouses& warehouses, RecordForm form) {
  const std::uint64_t hash = hash_of(tenant, item.sku, form);
  Place& place = (*places_)[hash >> place_shift];
  if (place.holds(tenant, item, form)) {
    out.raw(place.json());
    ++reused_;
    return;
  }
  render(out, place, hash, tenant, item, warehouses, form);
}

void RenderedRecords::render(JsonText& out, Place& place, std::uint64_t hash, domain::TenantId tenant,
                             const domain::Item& item, const domain::Warehouses& warehouses,
                             RecordForm form) {
  const std::size_t begin = out.size();
  append_record(out, item, warehouses, form);
  const std::string_view json = out.from(begin);
  const bool is_asked_for_again = std::exchange(place.asked_for, hash) == hash;
  if (is_asked_for_again && json.size() <= record_bytes_max) place.keep(tenant, item, form, json);
}

}  // namespace nexus::http
