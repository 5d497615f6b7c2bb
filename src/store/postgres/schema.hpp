#pragma once

#include "domain/error.hpp"
#include "store/postgres/target.hpp"

namespace nexus::store::postgres {

// The schema that this program reads and writes: the number of its last migration.
int schema_version();

// Brings the database's tables to schema_version(), one migration after the other, each in a transaction of
// its own and one node at a time. Blocks.
//
// UNAVAILABLE when the database cannot be reached, when it is not in UTF-8, or when a newer program made the
// tables.
domain::Result<void> migrate_schema(const Target& target);

// The same, to serve what is in them: UNAVAILABLE as well while another store is being moved in.
domain::Result<void> prepare_schema(const Target& target);

}  // namespace nexus::store::postgres
