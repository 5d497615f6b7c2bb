#pragma once

namespace nexus::allocator {

// Asks the kernel for pages of 2 MiB for what is allocated from here on: a look-up among a million items then
// finds the page's address in the processor (docs/adr/0006-allocator.md). Where the kernel gives none,
// nothing changes. For the first line of main(): what was allocated before stays as it is.
void use_huge_pages();

}  // namespace nexus::allocator
