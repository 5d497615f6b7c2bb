#pragma once

#include <tuple>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "simulation/simulation.hpp"
#include "simulation/trace.hpp"

namespace nexus::simulation {

// Takes a step into the hash of the run and, when it is kept, into the trace.
template <typename... Args>
void Simulation::note(std::string_view what, const Args&... args) {
  hash_ = trace_hash(hash_, what, args..., disk_->changes());
  if (!settings_.keeps_trace) return;
  keep_trace(fmt::format("{:5} {} {}", steps_done_, what, fmt::join(std::make_tuple(args...), " ")));
}

}  // namespace nexus::simulation
