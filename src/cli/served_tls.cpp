#include "cli/served_tls.hpp"

#include <chrono>
#include <string>

#include "domain/time.hpp"
#include "service/log.hpp"

namespace nexus::cli {

namespace {

using service::log_event;
using service::LogLevel;

std::string utc_text(std::chrono::sys_seconds time) {
  return domain::Time{std::chrono::milliseconds(time.time_since_epoch()).count()}.text();
}

void tell_certificate(const http::TlsCertificate& certificate) {
  const std::string valid_from = utc_text(certificate.valid_from());
  const std::string expires = utc_text(certificate.expires());
  log_event(LogLevel::info, "tls_certificate", {{"subject", certificate.subject()}, {"expires", expires}});
  const auto now = std::chrono::system_clock::now();
  if (certificate.expires() <= now) {
    log_event(LogLevel::warn, "tls_certificate_expired", {{"expires", expires}});
  } else if (certificate.valid_from() > now) {
    log_event(LogLevel::warn, "tls_certificate_not_yet_valid", {{"valid_from", valid_from}});
  }
}

}  // namespace

domain::Result<ServedTls> ServedTls::open(http::TlsFiles files) {
  auto loaded = http::TlsCertificate::load(files);
  if (!loaded) return domain::fail(domain::ErrorCode::validation_error, std::move(loaded.error()));
  tell_certificate(**loaded);
  return ServedTls(std::move(files), std::make_shared<http::ServedCertificate>(std::move(*loaded)));
}

void ServedTls::reload() {
  auto loaded = http::TlsCertificate::load(files_);
  if (!loaded) {
    log_event(LogLevel::error, "tls_certificate_refused",
              {{"reason", loaded.error()},
               {"subject_served", certificate_->get()->subject()},
               {"expires", utc_text(certificate_->get()->expires())}});
    return;
  }
  certificate_->replace(*loaded);
  tell_certificate(**loaded);
}

}  // namespace nexus::cli
