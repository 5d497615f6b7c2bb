#pragma once

#include <memory>

#include <rocksdb/env.h>

#include "domain/error.hpp"
#include "store/clock.hpp"
#include "store/embedded/embedded_store.hpp"

namespace nexus::store::embedded {

// open_embedded_store() over an environment of RocksDB's: where a test puts faults into the file system.
// Clock and environment must outlive the store.
domain::Result<std::unique_ptr<Engine>> open_store(const EmbeddedOptions& options, const Clock& clock,
                                                   rocksdb::Env& environment);

}  // namespace nexus::store::embedded
