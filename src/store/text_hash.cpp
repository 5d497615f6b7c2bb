#include "store/text_hash.hpp"

#include <array>
#include <random>

#define XXH_INLINE_ALL
#include <xxhash.h>

namespace nexus::store {

namespace {

// As many as XXH3 itself has: each length of text is mixed with other ones of them.
using Secret = std::array<unsigned char, XXH3_SECRET_DEFAULT_SIZE>;

Secret draw_secret() {
  std::random_device device;
  Secret secret{};
  for (auto& byte : secret) byte = static_cast<unsigned char>(device());
  return secret;
}

}  // namespace

std::size_t TextHash::operator()(std::string_view text) const {
  static const Secret secret = draw_secret();
  return XXH3_64bits_withSecret(text.data(), text.size(), secret.data(), secret.size());
}

}  // namespace nexus::store
