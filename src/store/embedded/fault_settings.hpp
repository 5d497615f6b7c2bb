#pragma once

#include "store/embedded/embedded_store.hpp"

namespace nexus::store::embedded {

// The options as the fault tests want them, whose servers are the shipped binary: the environment variable
// NEXUS_TEST_CHECKPOINT_EVENTS is `checkpoint_events`, and NEXUS_TEST_SYNC_WRITES=0 takes `sync_writes` back.
// Without them, the options as they are.
EmbeddedOptions with_fault_settings(EmbeddedOptions options);

}  // namespace nexus::store::embedded
