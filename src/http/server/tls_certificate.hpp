#pragma once

#include <chrono>
#include <expected>
#include <memory>
#include <mutex>
#include <string>
#include <utility>

#include <openssl/types.h>

namespace nexus::http {

struct TlsFiles {
  std::string certificate;  // PEM: the server's own first, then those that lead to a root
  std::string key;          // PEM, without a passphrase
};

// A certificate with its key and the terms on which the server speaks TLS. Immutable; any thread may use it.
class TlsCertificate {
 public:
  // Fails with a sentence that names the file. A certificate that is not valid at this time is taken: to
  // serve with it, and say so, is better than not to serve.
  static std::expected<std::shared_ptr<const TlsCertificate>, std::string> load(const TlsFiles& files);

  const std::string& subject() const { return subject_; }  // or the first DNS name when that is empty
  std::chrono::sys_seconds valid_from() const { return valid_from_; }
  std::chrono::sys_seconds expires() const { return expires_; }

  // For a new connection; counts as a use of the context, which lives as long as its connections.
  SSL_CTX* context() const { return context_.get(); }

 private:
  explicit TlsCertificate(std::shared_ptr<SSL_CTX> context) : context_(std::move(context)) {}

  std::shared_ptr<SSL_CTX> context_;
  std::string subject_;
  std::chrono::sys_seconds valid_from_;
  std::chrono::sys_seconds expires_;
};

// The certificate that new connections get. Any thread may use it.
class ServedCertificate {
 public:
  explicit ServedCertificate(std::shared_ptr<const TlsCertificate> first) : current_(std::move(first)) {}

  std::shared_ptr<const TlsCertificate> get() const {
    const std::lock_guard lock(mutex_);
    return current_;
  }
  // Connections that are there keep the one they began with.
  void replace(std::shared_ptr<const TlsCertificate> next) {
    const std::lock_guard lock(mutex_);
    current_.swap(next);
  }

 private:
  mutable std::mutex mutex_;
  std::shared_ptr<const TlsCertificate> current_;
};

}  // namespace nexus::http
