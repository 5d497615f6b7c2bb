#pragma once

#include <memory>

#include "store/clock.hpp"
#include "store/store.hpp"

namespace nexus::store {

// The plainest engine: maps and vectors under one mutex, nothing kept. The model that tests compare the
// others with. The clock must outlive it.
std::unique_ptr<Store> make_memory_store(const Clock& clock);

}  // namespace nexus::store
