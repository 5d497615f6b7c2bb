#include <charconv>
#include <chrono>
#include <memory>
#include <optional>
#include <string>
#include <thread>

#include "cli/commands.hpp"
#include "cli/serve.hpp"
#include "service/host/duration.hpp"

namespace nexus::cli {

namespace {

// As given on the command line.
struct ServeFlags {
  std::string listen = "127.0.0.1:8080";
  std::string tls_certificate;
  std::string tls_key;
  std::string metrics_listen;
  std::size_t threads = 0;
  std::uint32_t rate_limit = 0;
  std::uint32_t failed_attempts = 600;
  std::string log_level = "info";
  std::string log_format = "auto";
  std::string access_log = "on";
  std::size_t max_connections = http::Limits().connections_max;
  std::size_t max_body_bytes = http::Listener().body_bytes_max;
  std::size_t max_header_bytes = http::Limits().header_bytes_max;
  std::string header_timeout = "10s";
  std::string body_timeout = "30s";
  std::string idle_timeout = "75s";
  std::string write_timeout = "30s";
  std::string shutdown_timeout = "30s";
  bool demo = false;
};

// ADDR:PORT, with an IPv6 address in brackets.
std::optional<http::Listener> parse_listener(std::string_view text) {
  const auto colon = text.rfind(':');
  if (colon == std::string_view::npos || colon == 0) return std::nullopt;
  std::string address(text.substr(0, colon));
  const auto digits = text.substr(colon + 1);
  http::Listener listener;
  const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), listener.port);
  if (error != std::errc{} || end != digits.data() + digits.size()) return std::nullopt;
  if (address.front() == '[') {
    if (address.size() < 3 || address.back() != ']') return std::nullopt;
    address = address.substr(1, address.size() - 2);
  } else if (address.find(':') != std::string::npos) {
    return std::nullopt;
  }
  listener.address = address == "localhost" ? "127.0.0.1" : address;
  return listener;
}

CLI::Validator listener_check() {
  return CLI::Validator(
      [](const std::string& text) {
        return parse_listener(text)
                   ? std::string()
                   : "\"" + text + "\" is not ADDR:PORT, such as 127.0.0.1:8080 or [::1]:8080";
      },
      "");
}

std::chrono::milliseconds milliseconds_of(const std::string& duration) {
  return std::chrono::seconds(*service::parse_duration_seconds(duration));
}

ServeOptions options_of(const CommonOptions& common, const ServeFlags& flags) {
  ServeOptions options{.place = common.place(), .is_demo = flags.demo, .is_json = common.is_json};
  options.server.listeners.push_back(*parse_listener(flags.listen));
  if (!flags.metrics_listen.empty()) {
    options.server.listeners.push_back(*parse_listener(flags.metrics_listen));
    options.api.metrics_listener = 1;
  }
  if (!flags.tls_certificate.empty()) options.tls = http::TlsFiles{flags.tls_certificate, flags.tls_key};
  for (auto& listener : options.server.listeners) listener.body_bytes_max = flags.max_body_bytes;
  options.server.threads = flags.threads;
  http::Limits& limits = options.server.limits;
  limits.connections_max = flags.max_connections;
  limits.header_bytes_max = flags.max_header_bytes;
  limits.header_timeout = milliseconds_of(flags.header_timeout);
  limits.body_timeout = milliseconds_of(flags.body_timeout);
  limits.idle_timeout = milliseconds_of(flags.idle_timeout);
  limits.write_timeout = milliseconds_of(flags.write_timeout);
  limits.drain_timeout = milliseconds_of(flags.shutdown_timeout);
  options.api.rate_limit_per_minute = flags.rate_limit;
  options.api.failed_attempts_per_minute = flags.failed_attempts;
  options.api.access_log = flags.access_log == "on";
  options.log_level = *service::parse_log_level(flags.log_level);
  options.log_format = *parse_log_format(flags.log_format);
  return options;
}

void add_tls_options(CLI::App& serve, ServeFlags& flags) {
  auto* certificate = add_option(serve, "--tls-certificate", flags.tls_certificate,
                                 "Serve HTTPS only, with this certificate and the chain behind it, in PEM")
                          ->type_name("FILE");
  auto* key = add_option(serve, "--tls-key", flags.tls_key, "Its key, in PEM, without a passphrase")
                  ->type_name("FILE");
  certificate->needs(key);
  key->needs(certificate);
}

void add_log_options(CLI::App& serve, ServeFlags& flags) {
  add_option(serve, "--log-level", flags.log_level, "What is logged: debug, info, warn, error or off")
      ->check(CLI::IsMember({"debug", "info", "warn", "error", "off"}))
      ->capture_default_str();
  add_option(serve, "--log-format", flags.log_format,
             "How: human, json, or auto, which is human where stderr is a terminal")
      ->check(CLI::IsMember({"auto", "human", "json"}))
      ->capture_default_str();
  add_option(serve, "--access-log", flags.access_log, "Whether each request is logged: on or off")
      ->check(CLI::IsMember({"on", "off"}))
      ->capture_default_str();
}

void add_limit_options(CLI::App& serve, ServeFlags& flags) {
  add_option(serve, "--rate-limit", flags.rate_limit,
             "Requests a minute for each key that has no limit of its own; 0 is no limit")
      ->capture_default_str();
  add_option(
      serve, "--failed-attempts", flags.failed_attempts,
      "Requests a minute from one address with keys that are not valid; more are told 429; 0 is no limit")
      ->capture_default_str();
  add_option(serve, "--max-connections", flags.max_connections, "More are told 503")
      ->check(CLI::PositiveNumber)
      ->capture_default_str();
  add_option(serve, "--max-body-bytes", flags.max_body_bytes, "Larger requests are told 413")
      ->check(CLI::PositiveNumber)
      ->capture_default_str();
  add_option(serve, "--max-header-bytes", flags.max_header_bytes, "Of a request's head; more is told 431")
      ->check(CLI::PositiveNumber)
      ->capture_default_str();
  const auto add_timeout = [&](const std::string& flag, std::string& value, const std::string& help) {
    add_option(serve, flag, value, help)->check(duration_check())->capture_default_str();
  };
  add_timeout("--header-timeout", flags.header_timeout, "For a request's head to arrive");
  add_timeout("--body-timeout", flags.body_timeout, "For its body to arrive");
  add_timeout("--idle-timeout", flags.idle_timeout, "Between two requests of a connection");
  add_timeout("--write-timeout", flags.write_timeout, "Without the client taking any of an answer");
  add_timeout("--shutdown-timeout", flags.shutdown_timeout, "For what is in flight when it is told to stop");
}

}  // namespace

void add_serve_command(CLI::App& program, CommonOptions& common, Action& action) {
  auto* serve_command = program.add_subcommand("serve", "Serve the store over HTTP until SIGTERM or Ctrl-C");
  auto flags = std::make_shared<ServeFlags>();
  add_store_options(*serve_command, common);
  add_option(*serve_command, "--listen", flags->listen, "Where; port 0 takes any free one")
      ->type_name("ADDR:PORT")
      ->check(listener_check())
      ->capture_default_str();
  add_tls_options(*serve_command, *flags);
  add_option(*serve_command, "--metrics-listen", flags->metrics_listen,
             "Serve /metrics here, and no longer beside the API")
      ->type_name("ADDR:PORT")
      ->check(listener_check());
  add_option(*serve_command, "--threads", flags->threads, "That serve requests; 0 is one for each processor")
      ->check(CLI::Range(0, 1024))
      ->capture_default_str();
  add_flag(*serve_command, "--demo", flags->demo,
           "Serve a throw-away store with demo data in place of --data, and print keys for it");
  add_limit_options(*serve_command, *flags);
  add_log_options(*serve_command, *flags);
  add_flag(*serve_command, "--json", common.is_json, "Print and log JSON only");
  serve_command->footer(
      "On SIGTERM it takes no more requests, finishes those in flight, checkpoints and exits with 0.\n"
      "On SIGHUP it reads certificate and key again: new connections get the new ones, the others go on.\n\n"
      "Examples:\n"
      "  nexus-inventory serve --demo\n"
      "  nexus-inventory serve --data /var/lib/nexus --listen 0.0.0.0:8080 --rate-limit 6000\n"
      "  nexus-inventory serve --listen 0.0.0.0:8443 --tls-certificate chain.pem --tls-key key.pem\n"
      "  nexus-inventory serve --store postgresql://nexus@db1,db2/inventory\n"
      "  NEXUS_DATA=/var/lib/nexus NEXUS_METRICS_LISTEN=127.0.0.1:9090 nexus-inventory serve");
  serve_command->callback(
      [&common, &action, flags] { action = [&common, flags] { return serve(options_of(common, *flags)); }; });
}

}  // namespace nexus::cli
