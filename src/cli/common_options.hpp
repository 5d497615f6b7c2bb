#pragma once

#include <filesystem>
#include <functional>
#include <string>
#include <string_view>

#include <CLI/CLI.hpp>

namespace nexus::cli {

// Where a store is: in a folder, or in a PostgreSQL database.
struct StorePlace {
  std::filesystem::path directory;
  std::string url;  // of the database; empty for a folder

  bool is_database() const { return !url.empty(); }
  // What people are told: the folder, or the URL without the password.
  std::string description() const;
};

// What every subcommand that works on a store takes.
struct CommonOptions {
  std::filesystem::path data = "nexus-data";
  std::string store;  // a URL in place of `data`
  bool is_json = false;

  StorePlace place() const;
};

// What the command line asked for, to be run once all of it was understood. Returns the exit code.
using Action = std::function<int()>;

inline constexpr int exit_ok = 0;
inline constexpr int exit_failed = 1;
inline constexpr int exit_usage = 2;

// Whether the URL is that of a PostgreSQL database.
bool is_database_url(std::string_view url);

// --data and --store.
void add_store_options(CLI::App& command, CommonOptions& common);

// --json.
void add_json_option(CLI::App& command, CommonOptions& common);

// The variable that stands for a flag: "--rate-limit" is NEXUS_RATE_LIMIT; with a prefix "KEY",
// NEXUS_KEY_RATE_LIMIT.
std::string environment_name(std::string_view flag, std::string_view prefix = "");

// Adds an option that can be given by its environment variable as well.
template <typename Value>
CLI::Option* add_option(CLI::App& command, const std::string& flag, Value& value, const std::string& help,
                        std::string_view prefix = "") {
  return command.add_option(flag, value, help)->envname(environment_name(flag, prefix));
}

inline CLI::Option* add_flag(CLI::App& command, const std::string& flag, bool& value, const std::string& help,
                             std::string_view prefix = "") {
  return command.add_flag(flag, value, help)->envname(environment_name(flag, prefix));
}

// Checks that a text is a duration such as 90d, 12h, 15m or 30s.
CLI::Validator duration_check();

}  // namespace nexus::cli
