#pragma once

#include "domain/events.hpp"
#include "domain/view.hpp"

namespace nexus::domain {

// Folds one event that happened at `at` into the state. Total: it never refuses what decide() returned.
void apply(const Event& event, Time at, Editor& editor);

}  // namespace nexus::domain
