#pragma once

#include <cstdint>
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

// An engine without threads of its own: nothing happens but on the threads that call it, when they do. What
// is submitted waits for write_group(), and checkpoints are made by checkpoint() alone.
class DrivenEngine : public Engine {
 public:
  // One round of the writer: releases what has expired, takes what waits, makes it durable, then visible, and
  // answers. After a full disk it first tries to go on.
  virtual void write_group() = 0;
  // Of the last event that readers can see.
  virtual std::uint64_t last_sequence() const = 0;
};

// open_store() for an owner that drives the engine: where a test says what happens when.
domain::Result<std::unique_ptr<DrivenEngine>> open_driven_store(const EmbeddedOptions& options,
                                                                const Clock& clock,
                                                                rocksdb::Env& environment);

}  // namespace nexus::store::embedded
