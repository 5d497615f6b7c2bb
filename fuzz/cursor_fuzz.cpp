// A cursor gives back the place that it was made of, and anything else is refused.

#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "service/cursor.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace nexus;
  const std::string_view bytes(reinterpret_cast<const char*>(data), size);
  const domain::TenantId tenant{domain::Ulid{.high = 1, .low = 2}};
  const domain::TenantId other{domain::Ulid{.high = 1, .low = 3}};

  const auto forged = service::read_cursor(bytes, tenant, "items");
  if (!forged && forged.error().code != domain::ErrorCode::invalid_cursor) std::abort();
  if (bytes.empty() || bytes.size() > service::cursor_position_bytes_max) return 0;
  const auto cursor = service::make_cursor(tenant, "items", bytes);
  const auto place = service::read_cursor(cursor, tenant, "items");
  if (!place || *place != bytes) std::abort();
  if (service::read_cursor(cursor, other, "items") || service::read_cursor(cursor, tenant, "item"))
    std::abort();
  return 0;
}
