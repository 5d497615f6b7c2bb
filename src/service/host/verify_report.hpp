#pragma once

#include <string>

#include "store/maintenance.hpp"

namespace nexus::service {

// {ok, tenants, items, levels, adjustments, reservations, problems: [text]}
std::string to_json(const store::VerifyReport& report);

}  // namespace nexus::service
