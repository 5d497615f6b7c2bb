#include "store/postgres/target.hpp"

#include <algorithm>
#include <memory>
#include <string_view>

#include <libpq-fe.h>

namespace nexus::store::postgres {

namespace {

std::vector<std::string> split(const std::string& text) {
  std::vector<std::string> parts;
  std::size_t begin = 0;
  for (;;) {
    const auto comma = text.find(',', begin);
    parts.push_back(text.substr(begin, comma - begin));
    if (comma == std::string::npos) return parts;
    begin = comma + 1;
  }
}

std::string part_of(const std::vector<std::string>& parts, std::size_t i) {
  // One port stands for all hosts.
  return parts.size() == 1 ? parts.front() : i < parts.size() ? parts[i] : std::string();
}

// What a dead peer costs: some seconds, where the system's own would be minutes or hours.
constexpr std::pair<const char*, const char*> keepalives[] = {{"keepalives_idle", "2"},
                                                              {"keepalives_interval", "1"},
                                                              {"keepalives_count", "3"},
                                                              {"tcp_user_timeout", "5000"}};

}  // namespace

domain::Result<Target> Target::parse(const std::string& url) {
  char* error = nullptr;
  const std::unique_ptr<PQconninfoOption, void (*)(PQconninfoOption*)> parsed(
      PQconninfoParse(url.c_str(), &error), PQconninfoFree);
  const std::unique_ptr<char, void (*)(void*)> message(error, PQfreemem);
  if (parsed == nullptr) {
    return domain::fail(domain::ErrorCode::validation_error,
                        std::string("the store's URL cannot be read: ") + (error == nullptr ? "" : error));
  }
  Target target;
  target.description_ = without_password(url);
  std::string hosts;
  std::string addresses;
  std::string ports;
  for (const auto* option = parsed.get(); option->keyword != nullptr; ++option) {
    if (option->val == nullptr) continue;
    const std::string_view name = option->keyword;
    if (name == "host") {
      hosts = option->val;
    } else if (name == "hostaddr") {
      addresses = option->val;
    } else if (name == "port") {
      ports = option->val;
    } else if (name == "options") {
      target.options_ = option->val;
    } else {
      target.parameters_.emplace_back(name, option->val);
    }
  }
  const auto set_unless_given = [&](std::string_view name, std::string_view value) {
    if (std::ranges::find(target.parameters_, name, &std::pair<std::string, std::string>::first) ==
        target.parameters_.end()) {
      target.parameters_.emplace_back(name, value);
    }
  };
  set_unless_given("target_session_attrs", "read-write");
  set_unless_given("application_name", "nexus-inventory");
  for (const auto& [name, value] : keepalives) set_unless_given(name, value);
  const auto host_parts = split(hosts);
  const auto address_parts = split(addresses);
  const auto port_parts = split(ports);
  for (std::size_t i = 0; i < std::max(host_parts.size(), address_parts.size()); ++i) {
    target.hosts_.push_back({.host = i < host_parts.size() ? host_parts[i] : std::string(),
                             .address = i < address_parts.size() ? address_parts[i] : std::string(),
                             .port = part_of(port_parts, i)});
  }
  return target;
}

void Target::write_keywords(const Host& host, const std::string& settings, Keywords& out) const {
  // The URL's own come last: they win.
  out.options = settings + " " + options_;
  const auto add = [&](const char* name, const std::string& value) {
    if (value.empty()) return;
    out.names.push_back(name);
    out.values.push_back(value.c_str());
  };
  for (const auto& [name, value] : parameters_) add(name.c_str(), value);
  add("host", host.host);
  add("hostaddr", host.address);
  add("port", host.port);
  add("options", out.options);
  out.names.push_back("client_encoding");
  out.values.push_back("UTF8");
  out.names.push_back(nullptr);
  out.values.push_back(nullptr);
}

std::string without_password(const std::string& url) {
  const auto scheme = url.find("://");
  if (scheme == std::string::npos) return "a PostgreSQL database";
  // First the password, which libpq takes with a question mark in it, too.
  std::string shown = url;
  const auto authority = scheme + 3;
  const auto at = shown.rfind('@', shown.find('/', authority));
  const auto colon = shown.find(':', authority);
  if (at != std::string::npos && colon < at) shown.erase(colon, at - colon);
  // Nothing of the parameters either, which may have one as well.
  return shown.substr(0, shown.find('?'));
}

}  // namespace nexus::store::postgres
