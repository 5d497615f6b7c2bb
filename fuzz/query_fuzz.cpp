// Any query string is parameters that were asked for, or a clear error.

#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "http/api/query_parameters.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using nexus::http::QueryParameters;
  const std::string_view query(reinterpret_cast<const char*>(data), size);
  const auto read = QueryParameters::read(query, {"status", "sku", "limit", "cursor"}, "status");
  if (!read) {
    if (read.error().message.empty()) std::abort();
    return 0;
  }
  const auto limit = read->limit();
  if (limit && *limit && (**limit < 1 || **limit > nexus::http::page_limit_max)) std::abort();
  for (const auto& status : read->all("status")) static_cast<void>(nexus::http::split_commas(status));
  static_cast<void>(read->find("sku"));
  return 0;
}
