#pragma once

#include "domain/error.hpp"
#include "store/maintenance.hpp"
#include "store/postgres/target.hpp"

namespace nexus::store::postgres {

// Adds the whole ledger up and compares it with the items, as Maintenance::verify() says, over a connection
// of its own. Blocks.
domain::Result<VerifyReport> verify(const Target& target, const Progress& progress);

}  // namespace nexus::store::postgres
