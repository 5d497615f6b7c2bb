#include "allocator/tuning.hpp"

#ifdef NEXUS_WITH_MIMALLOC
#include <mimalloc.h>
#endif

namespace nexus::allocator {

void tune() {
#ifdef NEXUS_WITH_MIMALLOC
  constexpr long kept_ms = 10'000;
  mi_option_enable(mi_option_large_os_pages);
  mi_option_set(mi_option_decommit_delay, kept_ms);
#endif
}

}  // namespace nexus::allocator
