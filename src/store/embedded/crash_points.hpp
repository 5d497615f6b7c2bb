#pragma once

#include <string_view>

namespace nexus::store::embedded {

// Places at which a crash test can have the process killed as by `kill -9`: the one that the environment
// variable NEXUS_CRASH_POINT names when the process starts, as `name` or `name:nth` (the nth time that it is
// passed). Otherwise one test of a boolean.

extern const bool crash_points_armed;

void pass_crash_point(std::string_view name);

inline void crash_point(std::string_view name) {
  if (crash_points_armed) [[unlikely]]
    pass_crash_point(name);
}

}  // namespace nexus::store::embedded
