#pragma once

#include <functional>
#include <string_view>

namespace nexus::store {

// Places at which a crash test can have the process killed as by `kill -9`: the one that the environment
// variable NEXUS_CRASH_POINT names when the process starts, as `name` or `name:nth` (the nth time that it is
// passed). Otherwise one test of a boolean.

extern bool crash_points_armed;

// Has `hook` called with the name of each point that is passed, instead of that: it may do what another
// thread could do meanwhile. Set it while no engine is open; an empty one takes it back.
void on_crash_point(std::function<void(std::string_view)> hook);

void pass_crash_point(std::string_view name);

inline void crash_point(std::string_view name) {
  if (crash_points_armed) [[unlikely]]
    pass_crash_point(name);
}

}  // namespace nexus::store
