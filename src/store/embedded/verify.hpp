#pragma once

#include "domain/error.hpp"
#include "store/embedded/commit_log.hpp"
#include "store/embedded/database.hpp"
#include "store/embedded/state.hpp"
#include "store/maintenance.hpp"

namespace nexus::store::embedded {

// Adds up the whole ledger again, SKU by SKU, and checks everything it should agree with; then reads every
// file's checksums. What is compared is of one moment each time: an item, its lines and what is held of it
// are looked at together. Writes go on meanwhile.
domain::Result<VerifyReport> verify(Database& database, CommitLog& log, const State& state,
                                    const Progress& progress);

}  // namespace nexus::store::embedded
