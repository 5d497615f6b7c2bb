#pragma once

#include "store/maintenance.hpp"
#include "store/store.hpp"

namespace nexus::store {

// An engine that keeps its data.
class Engine : public Store, public Maintenance {};

}  // namespace nexus::store
