#pragma once

#include <cstdint>

#include "domain/error.hpp"
#include "store/embedded/embedded_store.hpp"

namespace nexus::store::embedded {

// What the store promises, as far as a test can take it back to see that its audit notices: a positive
// control.
enum class Promise : std::uint8_t {
  none,
  sync,        // what is acknowledged was synced: EmbeddedOptions::sync_writes
  errors,      // a write that failed is not acknowledged
  recovery,    // after a full disk, writes go on when there is space
  checksums,   // what is damaged is not served
  stamps,      // a start knows which events its records have already
  one_moment,  // a backup is of one moment, not of each file at its own
};

// The options as the fault tests want them, whose servers are the shipped binary. The environment variable
// NEXUS_TEST_CHECKPOINT_EVENTS is `checkpoint_events`. NEXUS_TEST_BREAK names a promise that this process
// breaks from now on; a store is opened so only when a file `may-be-broken` lies in its folder, which nothing
// but a test makes: without it, UNAVAILABLE. Without the variables, the options as they are.
domain::Result<EmbeddedOptions> with_fault_settings(EmbeddedOptions options);

// Breaks it in the whole process, until another one or none is named. Before a store is opened.
void break_promise(Promise promise);

// One look at a number that nobody changes.
bool is_broken(Promise promise);

}  // namespace nexus::store::embedded
