#include "http/server/tls_certificate.hpp"

#include <cerrno>
#include <cstring>
#include <ctime>
#include <string_view>
#include <system_error>

#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/ssl.h>
#include <openssl/x509v3.h>

namespace nexus::http {
namespace {

template <auto release>
struct Release {
  template <typename T>
  void operator()(T* object) const {
    release(object);
  }
};
using Bio = std::unique_ptr<BIO, Release<BIO_free>>;
using Certificate = std::unique_ptr<X509, Release<X509_free>>;
using Key = std::unique_ptr<EVP_PKEY, Release<EVP_PKEY_free>>;

// As the protocol names HTTP/1.1 in its negotiation: with the length before it.
constexpr std::string_view alpn_http_1_1 = "\x08http/1.1";

// With forward secrecy and authenticated encryption, which is what TLS 1.3 has anyway.
constexpr const char* tls_1_2_ciphers = "ECDHE+AESGCM:ECDHE+CHACHA20";

std::string reason_of_openssl() {
  const char* reason = ERR_reason_error_string(ERR_peek_last_error());
  return reason == nullptr ? "unknown reason" : reason;
}

int choose_protocol(SSL*, const unsigned char** chosen, unsigned char* chosen_size,
                    const unsigned char* offered, unsigned int offered_size, void*) {
  unsigned char* found = nullptr;
  const auto* ours = reinterpret_cast<const unsigned char*>(alpn_http_1_1.data());
  if (SSL_select_next_proto(&found, chosen_size, ours, alpn_http_1_1.size(), offered, offered_size) !=
      OPENSSL_NPN_NEGOTIATED) {
    return SSL_TLSEXT_ERR_ALERT_FATAL;
  }
  *chosen = found;
  return SSL_TLSEXT_ERR_OK;
}

std::shared_ptr<SSL_CTX> make_context() {
  std::shared_ptr<SSL_CTX> context(SSL_CTX_new(TLS_server_method()), SSL_CTX_free);
  if (!context) throw std::bad_alloc();
  SSL_CTX* ctx = context.get();
  SSL_CTX_set_min_proto_version(ctx, TLS1_2_VERSION);
  SSL_CTX_set_cipher_list(ctx, tls_1_2_ciphers);
  SSL_CTX_set_options(ctx, SSL_OP_NO_COMPRESSION | SSL_OP_NO_RENEGOTIATION | SSL_OP_CIPHER_SERVER_PREFERENCE);
  // Sessions are resumed by tickets, which the clients keep: the server's own list of them would grow.
  SSL_CTX_set_session_cache_mode(ctx, SSL_SESS_CACHE_OFF);
  SSL_CTX_set_mode(
      ctx, SSL_MODE_ENABLE_PARTIAL_WRITE | SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER | SSL_MODE_RELEASE_BUFFERS);
  SSL_CTX_set_read_ahead(ctx, 1);
  SSL_CTX_set_alpn_select_cb(ctx, choose_protocol, nullptr);
  return context;
}

std::expected<Bio, std::string> open_file(const std::string& path, std::string_view what) {
  Bio file(BIO_new_file(path.c_str(), "r"));
  if (file) return file;
  return std::unexpected("cannot read the TLS " + std::string(what) + " " + path + ": " +
                         std::generic_category().message(errno));
}

// Puts the server's own certificate and those behind it into the context; the own one is returned.
std::expected<Certificate, std::string> use_chain(SSL_CTX* context, const std::string& path) {
  const auto file = open_file(path, "certificate");
  if (!file) return std::unexpected(file.error());
  Certificate own(PEM_read_bio_X509_AUX(file->get(), nullptr, nullptr, nullptr));
  if (!own) return std::unexpected("the TLS certificate " + path + " is not a certificate in PEM");
  if (SSL_CTX_use_certificate(context, own.get()) != 1) {
    return std::unexpected("the TLS certificate " + path + " cannot be used: " + reason_of_openssl());
  }
  while (Certificate next{PEM_read_bio_X509(file->get(), nullptr, nullptr, nullptr)}) {
    if (SSL_CTX_add0_chain_cert(context, next.get()) != 1) {
      return std::unexpected("the TLS certificate " + path +
                             " has one behind it that cannot be used: " + reason_of_openssl());
    }
    std::ignore = next.release();
  }
  const auto end = ERR_peek_last_error();
  if (ERR_GET_LIB(end) != ERR_LIB_PEM || ERR_GET_REASON(end) != PEM_R_NO_START_LINE) {
    return std::unexpected("the TLS certificate " + path +
                           " has one behind it that cannot be read: " + reason_of_openssl());
  }
  return own;
}

// Nobody is there to type a passphrase.
int note_passphrase(char*, int, int, void* is_encrypted) {
  *static_cast<bool*>(is_encrypted) = true;
  return -1;
}

std::expected<void, std::string> use_key(SSL_CTX* context, X509& certificate, const TlsFiles& files) {
  const auto file = open_file(files.key, "key");
  if (!file) return std::unexpected(file.error());
  bool is_encrypted = false;
  const Key key(PEM_read_bio_PrivateKey(file->get(), nullptr, note_passphrase, &is_encrypted));
  if (is_encrypted) {
    return std::unexpected("the TLS key " + files.key + " is encrypted: it must be without a passphrase");
  }
  if (!key) return std::unexpected("the TLS key " + files.key + " is not a private key in PEM");
  if (X509_check_private_key(&certificate, key.get()) != 1) {
    return std::unexpected("the TLS key " + files.key + " does not belong to the certificate " +
                           files.certificate);
  }
  if (SSL_CTX_use_PrivateKey(context, key.get()) != 1) {
    return std::unexpected("the TLS key " + files.key + " cannot be used: " + reason_of_openssl());
  }
  return {};
}

std::chrono::sys_seconds time_of(const ASN1_TIME* time) {
  std::tm parts{};
  if (ASN1_TIME_to_tm(time, &parts) != 1) return {};
  return std::chrono::sys_seconds(std::chrono::seconds(timegm(&parts)));
}

std::string first_dns_name(X509& certificate) {
  const std::unique_ptr<GENERAL_NAMES, Release<GENERAL_NAMES_free>> names(
      static_cast<GENERAL_NAMES*>(X509_get_ext_d2i(&certificate, NID_subject_alt_name, nullptr, nullptr)));
  for (int i = 0; i < sk_GENERAL_NAME_num(names.get()); ++i) {
    int type = 0;
    const void* value = GENERAL_NAME_get0_value(sk_GENERAL_NAME_value(names.get(), i), &type);
    if (type != GEN_DNS) continue;
    const auto* text = static_cast<const ASN1_STRING*>(value);
    return {reinterpret_cast<const char*>(ASN1_STRING_get0_data(text)),
            static_cast<std::size_t>(ASN1_STRING_length(text))};
  }
  return {};
}

std::string subject_of(X509& certificate) {
  const Bio text(BIO_new(BIO_s_mem()));
  X509_NAME_print_ex(text.get(), X509_get_subject_name(&certificate), 0, XN_FLAG_RFC2253);
  char* data = nullptr;
  const auto size = BIO_get_mem_data(text.get(), &data);
  return size > 0 ? std::string(data, static_cast<std::size_t>(size)) : first_dns_name(certificate);
}

}  // namespace

std::expected<std::shared_ptr<const TlsCertificate>, std::string> TlsCertificate::load(
    const TlsFiles& files) {
  ERR_clear_error();
  auto context = make_context();
  const auto own = use_chain(context.get(), files.certificate);
  if (!own) return std::unexpected(own.error());
  if (auto used = use_key(context.get(), **own, files); !used) return std::unexpected(used.error());
  std::shared_ptr<TlsCertificate> loaded(new TlsCertificate(std::move(context)));
  loaded->subject_ = subject_of(**own);
  loaded->valid_from_ = time_of(X509_get0_notBefore(own->get()));
  loaded->expires_ = time_of(X509_get0_notAfter(own->get()));
  ERR_clear_error();
  return loaded;
}

}  // namespace nexus::http
