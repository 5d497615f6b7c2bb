#include "cli/common_options.hpp"

#include "service/host/duration.hpp"
#include "store/postgres/postgres_store.hpp"

namespace nexus::cli {

namespace {

// The folder of a URL of the embedded engine; empty when it is another one's.
std::string_view embedded_directory(std::string_view url) {
  for (const std::string_view scheme : {"embedded:", "file:"}) {
    if (!url.starts_with(scheme)) continue;
    url.remove_prefix(scheme.size());
    if (url.starts_with("//")) url.remove_prefix(2);
    return url;
  }
  return {};
}

std::string check_store_url(const std::string& url) {
  if (is_database_url(url) || !embedded_directory(url).empty()) return {};
  return "a store URL is embedded:FOLDER or postgresql://…, not \"" + url + "\"";
}

}  // namespace

bool is_database_url(std::string_view url) {
  return url.starts_with("postgres://") || url.starts_with("postgresql://");
}

std::string StorePlace::description() const {
  return is_database() ? store::describe_postgres_store(url) : directory.string();
}

StorePlace CommonOptions::place() const {
  if (store.empty()) return {.directory = data, .url = {}};
  if (is_database_url(store)) return {.directory = {}, .url = store};
  return {.directory = embedded_directory(store), .url = {}};
}

void add_store_options(CLI::App& command, CommonOptions& common) {
  auto* data = add_option(command, "--data", common.data, "The folder that holds the store")
                   ->type_name("DIR")
                   ->capture_default_str();
  add_option(command, "--store", common.store,
             "The store as a URL, in place of --data: embedded:DIR or postgresql://…")
      ->type_name("URL")
      ->check(CLI::Validator(check_store_url, ""))
      ->excludes(data);
}

void add_json_option(CLI::App& command, CommonOptions& common) {
  add_flag(command, "--json", common.is_json, "Print JSON, for scripts");
}

std::string environment_name(std::string_view flag, std::string_view prefix) {
  std::string variable = "NEXUS_";
  if (!prefix.empty()) variable += std::string(prefix) + "_";
  flag.remove_prefix(flag.find_first_not_of('-'));
  for (const char c : flag) {
    variable += c == '-' ? '_' : static_cast<char>(c >= 'a' && c <= 'z' ? c - ('a' - 'A') : c);
  }
  return variable;
}

CLI::Validator duration_check() {
  return CLI::Validator(
      [](const std::string& text) {
        return service::parse_duration_seconds(text)
                   ? std::string()
                   : "\"" + text + "\" is not a duration: write 90d, 12h, 15m or 30s";
      },
      "");
}

}  // namespace nexus::cli
