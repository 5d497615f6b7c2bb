#pragma once

#include <cstdint>
#include <string_view>

namespace nexus::store::embedded {

// The Castagnoli checksum (as in iSCSI and ext4); by the processor's own instruction where it has one.
std::uint32_t crc32c(std::string_view bytes);

}  // namespace nexus::store::embedded
