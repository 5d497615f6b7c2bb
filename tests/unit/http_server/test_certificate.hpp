#pragma once

#include <filesystem>
#include <memory>

#include "http/server/tls_certificate.hpp"

namespace nexus::http::test {

// A certificate that signs itself, for a day, in files that are gone when it is.
class TestCertificate {
 public:
  TestCertificate();
  ~TestCertificate();
  TestCertificate(const TestCertificate&) = delete;
  TestCertificate& operator=(const TestCertificate&) = delete;

  TlsFiles files() const;
  std::shared_ptr<const TlsCertificate> load() const;

 private:
  std::filesystem::path folder_;
};

}  // namespace nexus::http::test
