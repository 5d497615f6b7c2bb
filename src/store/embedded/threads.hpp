#pragma once

#include <cstdint>

namespace nexus::store::embedded {

// Whether the parts of an engine work on threads of their own, or when its owner calls them.
enum class Threads : std::uint8_t { own, none };

}  // namespace nexus::store::embedded
