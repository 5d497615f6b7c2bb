#pragma once

#include <string>
#include <string_view>

#include "domain/access.hpp"

namespace nexus::service {

// What every key begins with, so that people and secret scanners know one when they see it.
inline constexpr std::string_view key_prefix = "nxc_live_";

// 256 random bits in base 62 after the prefix.
inline constexpr std::size_t key_secret_characters = 43;
inline constexpr std::size_t key_text_size = key_prefix.size() + key_secret_characters;

// A new key from the operating system's randomness. The text is for its owner's eyes only: it is shown once,
// and what is stored is its digest. Throws std::runtime_error when there is no randomness to be had.
std::string generate_key_text();

// The SHA-256 under which the store knows the key with that text. Any thread; any bytes.
domain::KeyDigest digest_of(std::string_view key_text);

}  // namespace nexus::service
