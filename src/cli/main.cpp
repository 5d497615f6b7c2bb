#include <algorithm>
#include <cstdio>
#include <exception>
#include <string>
#include <string_view>
#include <system_error>
#include <vector>

#include <fmt/core.h>

#include "allocator/tuning.hpp"
#include "cli/commands.hpp"
#include "cli/output.hpp"

namespace nexus::cli {

namespace {

// The answer to a command line that cannot be read is JSON, too, when it was asked for.
bool asks_for_json(int argc, char** argv) {
  return std::any_of(argv, argv + argc,
                     [](const char* argument) { return std::string_view(argument) == "--json"; });
}

int run(int argc, char** argv) {
  CLI::App program{"Nexus Inventory: what stands where, and who changed it."};
  program.name("nexus-inventory");
  program.set_version_flag("--version", std::string("nexus-inventory ") + NEXUS_VERSION);
  program.require_subcommand(1);
  program.footer(
      "Every flag can be given as an environment variable, too: --data as NEXUS_DATA.\n\n"
      "To look around:\n"
      "  nexus-inventory serve --demo\n\n"
      "To begin:\n"
      "  nexus-inventory tenant create shop\n"
      "  nexus-inventory key create --tenant shop --name first --owner you@example.com --scope '*'\n"
      "  nexus-inventory import stock.csv --tenant shop --create-warehouses\n"
      "  nexus-inventory serve");
  CommonOptions common;
  Action action;
  add_serve_command(program, common, action);
  add_tenant_commands(program, common, action);
  add_key_commands(program, common, action);
  add_import_command(program, common, action);
  add_export_command(program, common, action);
  add_backup_commands(program, common, action);
  add_migrate_command(program, common, action);
  add_verify_command(program, common, action);
  add_routes_command(program, common, action);
  try {
    program.parse(argc, argv);
  } catch (const CLI::Success& asked) {
    return program.exit(asked);
  } catch (const CLI::ParseError& error) {
    if (asks_for_json(argc, argv)) {
      print_error("USAGE", error.what(), true);
    } else {
      program.exit(error);
    }
    return exit_usage;
  }
  try {
    return action();
  } catch (const std::system_error& failure) {
    print_error("UNAVAILABLE", failure.what(), common.is_json);
    return exit_failed;
  } catch (const std::exception& failure) {
    print_error("INTERNAL", failure.what(), common.is_json);
    return exit_failed;
  }
}

}  // namespace

}  // namespace nexus::cli

int main(int argc, char** argv) {
  nexus::allocator::tune();
  return nexus::cli::run(argc, argv);
}
