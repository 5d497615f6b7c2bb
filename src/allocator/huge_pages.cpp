#include "allocator/huge_pages.hpp"

#ifdef NEXUS_WITH_MIMALLOC
#include <mimalloc.h>
#endif

namespace nexus::allocator {

void use_huge_pages() {
#ifdef NEXUS_WITH_MIMALLOC
  mi_option_enable(mi_option_large_os_pages);
#endif
}

}  // namespace nexus::allocator
