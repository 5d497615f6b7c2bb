#pragma once

namespace nexus::allocator {

// Sets the allocator up for the service (docs/adr/0006-allocator.md). For the first line of main(): what was
// allocated before stays as it is.
//
// What is allocated from here on is to be in pages of 2 MiB: a look-up among a million items then finds the
// page's address in the processor. Where the kernel gives none, nothing changes. And what is freed goes back
// to the kernel after ten seconds: what a lasting load frees is used again before.
void tune();

}  // namespace nexus::allocator
