#pragma once

#include <memory>
#include <utility>

#include "domain/error.hpp"
#include "http/server/tls_certificate.hpp"

namespace nexus::cli {

// The certificate that `serve` speaks TLS with, read from its files at the start and whenever it is told to.
// What it reads it logs, and what is wrong with it. From one thread.
class ServedTls {
 public:
  static domain::Result<ServedTls> open(http::TlsFiles files);

  // Reads the files again. When they cannot be used, what is served stays.
  void reload();

  const std::shared_ptr<http::ServedCertificate>& certificate() const { return certificate_; }

 private:
  ServedTls(http::TlsFiles files, std::shared_ptr<http::ServedCertificate> certificate)
      : files_(std::move(files)), certificate_(std::move(certificate)) {}

  http::TlsFiles files_;
  std::shared_ptr<http::ServedCertificate> certificate_;
};

}  // namespace nexus::cli
