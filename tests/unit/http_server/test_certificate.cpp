#include "test_certificate.hpp"

#include <cstdio>
#include <cstdlib>
#include <stdexcept>
#include <string>

#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/x509.h>

namespace nexus::http::test {
namespace {

constexpr long day_seconds = 24L * 60 * 60;

using File = std::unique_ptr<std::FILE, int (*)(std::FILE*)>;

File create_file(const std::string& path) {
  return File(std::fopen(path.c_str(), "w"), std::fclose);
}

}  // namespace

TestCertificate::TestCertificate() {
  std::string pattern = std::filesystem::temp_directory_path() / "nexus-tls-XXXXXX";
  if (::mkdtemp(pattern.data()) == nullptr) throw std::runtime_error("mkdtemp");
  folder_ = pattern;
  const std::unique_ptr<EVP_PKEY, void (*)(EVP_PKEY*)> key(EVP_EC_gen("P-256"), EVP_PKEY_free);
  const std::unique_ptr<X509, void (*)(X509*)> certificate(X509_new(), X509_free);
  X509* x509 = certificate.get();
  ASN1_INTEGER_set(X509_get_serialNumber(x509), 1);
  X509_gmtime_adj(X509_getm_notBefore(x509), 0);
  X509_gmtime_adj(X509_getm_notAfter(x509), day_seconds);
  X509_set_pubkey(x509, key.get());
  X509_NAME* name = X509_get_subject_name(x509);
  X509_NAME_add_entry_by_txt(name, "CN", MBSTRING_UTF8, reinterpret_cast<const unsigned char*>("test"), -1,
                             -1, 0);
  X509_set_issuer_name(x509, name);
  X509_sign(x509, key.get(), EVP_sha256());
  PEM_write_X509(create_file(files().certificate).get(), x509);
  PEM_write_PrivateKey(create_file(files().key).get(), key.get(), nullptr, nullptr, 0, nullptr, nullptr);
}

TestCertificate::~TestCertificate() {
  std::filesystem::remove_all(folder_);
}

TlsFiles TestCertificate::files() const {
  return {folder_ / "certificate.pem", folder_ / "key.pem"};
}

std::shared_ptr<const TlsCertificate> TestCertificate::load() const {
  auto loaded = TlsCertificate::load(files());
  if (!loaded) throw std::runtime_error(loaded.error());
  return *loaded;
}

}  // namespace nexus::http::test
