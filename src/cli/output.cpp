#include "cli/output.hpp"

#include <algorithm>
#include <cstdio>
#include <string>

#include <fmt/core.h>

#include "service/json_writer.hpp"

namespace nexus::cli {

void print_error(std::string_view code, std::string_view message, bool is_json) {
  if (!is_json) {
    fmt::print(stderr, "nexus-inventory: {}\n", message);
    return;
  }
  std::string out;
  service::JsonWriter json(out);
  json.begin_object().key("error").begin_object().field("code", code).field("message", message);
  json.end_object().end_object();
  fmt::print(stderr, "{}\n", out);
}

void print_error(const domain::Error& error, bool is_json) {
  print_error(domain::name(error.code), told_to_host(error), is_json);
}

std::string shell_quoted(std::string_view argument) {
  const auto is_plain = [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' ||
           c == '-' || c == '.' || c == '/' || c == ':' || c == '@';
  };
  if (!argument.empty() && std::ranges::all_of(argument, is_plain)) return std::string(argument);
  std::string quoted = "'";
  for (const char c : argument) {
    if (c == '\'') {
      quoted += "'\\''";
    } else {
      quoted += c;
    }
  }
  return quoted + "'";
}

}  // namespace nexus::cli
