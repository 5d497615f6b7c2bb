#include "service/sha256.hpp"

#include <memory>
#include <stdexcept>

#include <openssl/evp.h>
#include <openssl/sha.h>

namespace nexus::service {

static_assert(std::tuple_size_v<Sha256Digest> == SHA256_DIGEST_LENGTH);

Sha256Digest sha256_of(std::initializer_list<std::string_view> pieces) {
  // Looking the algorithm up costs ten times what hashing a short text does.
  static const std::unique_ptr<EVP_MD, decltype(&EVP_MD_free)> sha256(
      EVP_MD_fetch(nullptr, "SHA256", nullptr), EVP_MD_free);
  thread_local const std::unique_ptr<EVP_MD_CTX, decltype(&EVP_MD_CTX_free)> context(EVP_MD_CTX_new(),
                                                                                     EVP_MD_CTX_free);
  Sha256Digest digest;
  bool is_done = EVP_DigestInit_ex2(context.get(), sha256.get(), nullptr) == 1;
  for (const auto piece : pieces) {
    is_done = is_done && EVP_DigestUpdate(context.get(), piece.data(), piece.size()) == 1;
  }
  if (!is_done || EVP_DigestFinal_ex(context.get(), digest.data(), nullptr) != 1) {
    throw std::runtime_error("SHA-256 is not to be had");
  }
  return digest;
}

}  // namespace nexus::service
