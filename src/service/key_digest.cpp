#include "service/key_digest.hpp"

#include <array>
#include <stdexcept>

#include <openssl/crypto.h>
#include <openssl/rand.h>

#include "service/sha256.hpp"

namespace nexus::service {

std::string generate_key_text() {
  constexpr std::string_view base62_digits = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
  std::array<unsigned char, 32> bits{};
  if (RAND_bytes(bits.data(), static_cast<int>(bits.size())) != 1) {
    throw std::runtime_error("the operating system gives no random bits");
  }
  // Long division of the 256-bit number by 62: 62^43 > 2^256, so that nothing of it is lost.
  std::string text(key_prefix);
  for (std::size_t digit = 0; digit < key_secret_characters; ++digit) {
    unsigned remainder = 0;
    for (auto& byte : bits) {
      const unsigned value = remainder * 256 + byte;
      byte = static_cast<unsigned char>(value / base62_digits.size());
      remainder = static_cast<unsigned>(value % base62_digits.size());
    }
    text += base62_digits[remainder];
  }
  return text;
}

namespace {

// What a thread hashed last: a client sends one key over and over.
struct LastDigest {
  std::string text;
  domain::KeyDigest digest{};

  bool is_of(std::string_view key_text) const {
    return !text.empty() && text.size() == key_text.size() &&
           CRYPTO_memcmp(text.data(), key_text.data(), text.size()) == 0;
  }
};

}  // namespace

domain::KeyDigest digest_of(std::string_view key_text) {
  thread_local LastDigest last;
  if (!last.is_of(key_text)) {
    last.text.clear();  // so that nothing that fails on the way leaves a text with the digest of another
    last.digest = sha256_of({key_text});
    last.text = key_text;
  }
  return last.digest;
}

}  // namespace nexus::service
