#pragma once

#include "cli/common_options.hpp"

namespace nexus::cli {

// Each adds its subcommands to the program. The one that the command line names sets `action`; what was given
// lives in `common` and in the action itself.
void add_serve_command(CLI::App& program, CommonOptions& common, Action& action);
void add_tenant_commands(CLI::App& program, CommonOptions& common, Action& action);
void add_key_commands(CLI::App& program, CommonOptions& common, Action& action);
void add_import_command(CLI::App& program, CommonOptions& common, Action& action);
void add_export_command(CLI::App& program, CommonOptions& common, Action& action);
void add_backup_commands(CLI::App& program, CommonOptions& common, Action& action);
void add_migrate_command(CLI::App& program, CommonOptions& common, Action& action);
void add_verify_command(CLI::App& program, CommonOptions& common, Action& action);
void add_routes_command(CLI::App& program, CommonOptions& common, Action& action);

}  // namespace nexus::cli
