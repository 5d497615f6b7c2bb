// Any body is a command within the limits or a clear error.

#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>

#include "http/api/request_bodies.hpp"

namespace nexus::http {
namespace {

void expect_sane(const domain::Result<domain::Request>& read) {
  if (read) return;
  const auto& error = read.error();
  const bool is_expected =
      error.code == domain::ErrorCode::invalid_json || error.code == domain::ErrorCode::validation_error;
  if (!is_expected || error.message.empty()) std::abort();
}

}  // namespace
}  // namespace nexus::http

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace nexus::http;
  const std::string_view body(reinterpret_cast<const char*>(data), size);
  expect_sane(read_level_update(body, "SKU", std::nullopt));
  expect_sane(read_bulk_update(body));
  expect_sane(read_sync(body));
  expect_sane(read_new_item(body));
  expect_sane(read_item_change(body, "SKU", std::nullopt));
  expect_sane(read_new_warehouse(body));
  expect_sane(read_warehouse_change(body, "wh_1"));
  expect_sane(read_new_reservation(body));
  expect_sane(read_shipment(body, "res_1"));
  expect_sane(read_release(body, "res_1"));
  return 0;
}
