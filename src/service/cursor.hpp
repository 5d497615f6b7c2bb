#pragma once

#include <string>
#include <string_view>

#include "domain/error.hpp"
#include "domain/ids.hpp"
#include "domain/text_rules.hpp"

namespace nexus::service {

// A cursor says where the page before ended. It is opaque to clients, survives restarts and new versions, and
// belongs to the tenant and the filter that it was made for. It holds nothing secret and gives no access: a
// forged one is only another place in the tenant's own list.

// The longest position: a SKU.
inline constexpr std::size_t cursor_position_bytes_max = domain::sku_bytes_max;

// `list` names the kind of list and spells out its filter; `position` is the last entry's place in it, not
// empty.
std::string make_cursor(domain::TenantId tenant, std::string_view list, std::string_view position);

// The position. INVALID_CURSOR when it is none of ours, or of another tenant, list or filter.
domain::Result<std::string> read_cursor(std::string_view cursor, domain::TenantId tenant,
                                        std::string_view list);

}  // namespace nexus::service
