#include "service/key_digest.hpp"

#include <array>
#include <memory>
#include <stdexcept>

#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/rand.h>
#include <openssl/sha.h>

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

domain::KeyDigest sha256_of(std::string_view key_text) {
  // Looking the algorithm up costs ten times what hashing a key does.
  static const std::unique_ptr<EVP_MD, decltype(&EVP_MD_free)> sha256(
      EVP_MD_fetch(nullptr, "SHA256", nullptr), EVP_MD_free);
  thread_local const std::unique_ptr<EVP_MD_CTX, decltype(&EVP_MD_CTX_free)> context(EVP_MD_CTX_new(),
                                                                                     EVP_MD_CTX_free);
  domain::KeyDigest digest;
  static_assert(std::tuple_size_v<domain::KeyDigest> == SHA256_DIGEST_LENGTH);
  if (EVP_DigestInit_ex2(context.get(), sha256.get(), nullptr) != 1 ||
      EVP_DigestUpdate(context.get(), key_text.data(), key_text.size()) != 1 ||
      EVP_DigestFinal_ex(context.get(), digest.data(), nullptr) != 1) {
    throw std::runtime_error("SHA-256 is not to be had");
  }
  return digest;
}

}  // namespace

domain::KeyDigest digest_of(std::string_view key_text) {
  thread_local LastDigest last;
  if (!last.is_of(key_text)) {
    last.text.clear();  // so that nothing that fails on the way leaves a text with the digest of another
    last.digest = sha256_of(key_text);
    last.text = key_text;
  }
  return last.digest;
}

}  // namespace nexus::service
