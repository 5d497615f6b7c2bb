#pragma once

#include <array>
#include <cstdint>
#include <initializer_list>
#include <string_view>

namespace nexus::service {

using Sha256Digest = std::array<std::uint8_t, 32>;

// SHA-256 (FIPS 180-4) of the pieces as if they were one text. Throws std::runtime_error when the
// cryptographic library has no SHA-256 or no memory for it. Any thread may call it.
Sha256Digest sha256_of(std::initializer_list<std::string_view> pieces);

}  // namespace nexus::service
