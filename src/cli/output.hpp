#pragma once

#include <string_view>

#include "domain/error.hpp"

namespace nexus::cli {

// Tells on stderr what went wrong, as JSON when asked to: {"error":{"code":…,"message":…}}. The code is
// USAGE for a command line that makes no sense.
void print_error(std::string_view code, std::string_view message, bool is_json);
void print_error(const domain::Error& error, bool is_json);

// The text to type into a shell to get `argument`.
std::string shell_quoted(std::string_view argument);

}  // namespace nexus::cli
