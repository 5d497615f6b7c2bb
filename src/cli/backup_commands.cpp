#include <filesystem>
#include <memory>

#include <fmt/core.h>

#include "cli/commands.hpp"
#include "cli/host_command.hpp"
#include "cli/output.hpp"
#include "cli/progress_bar.hpp"
#include "service/host/restore.hpp"
#include "service/json_writer.hpp"

namespace nexus::cli {

namespace {

int back_up(const CommonOptions& common, const std::string& destination) {
  // The server has a working folder of its own.
  const auto whole = std::filesystem::absolute(destination).lexically_normal();
  HostCommand command;
  service::JsonWriter(command.request)
      .begin_object()
      .field("op", "backup")
      .field("destination", whole.string())
      .end_object();
  command.tell = [&](simdjson::dom::element) {
    fmt::print(
        "Backed up to {}.\n\nTo make a store of it again:\n  nexus-inventory restore {} --data NEW_FOLDER\n",
        whole.string(), shell_quoted(whole.string()));
  };
  ConsoleStream stream("Backing up", "bytes", common.is_json);
  return run_host_command(common, command, stream);
}

domain::Result<void> can_be_opened(const std::filesystem::path& folder) {
  const store::SystemClock clock;
  const auto opened = open_store({.directory = folder, .create_if_missing = false}, clock);
  if (!opened) return std::unexpected(opened.error());
  return {};
}

int restore(const CommonOptions& common, const std::string& source) {
  const auto place = common.place();
  if (place.is_database()) {
    print_error("VALIDATION_ERROR",
                "a PostgreSQL store is restored by PostgreSQL: pg_restore fills a database from what pg_dump "
                "wrote, and a folder that pg_basebackup copied is a server to start",
                common.is_json);
    return exit_failed;
  }
  ProgressBar bar("Restoring", "bytes", common.is_json);
  const auto restored =
      service::restore_backup(source, place.directory, can_be_opened,
                              [&](std::uint64_t done, std::uint64_t total) { bar.show(done, total); });
  bar.clear();
  if (!restored) {
    print_error(restored.error(), common.is_json);
    return exit_failed;
  }
  if (common.is_json) {
    std::string out;
    service::JsonWriter(out)
        .begin_object()
        .field("directory", place.directory.string())
        .field("files", restored->files)
        .field("bytes", restored->bytes)
        .end_object();
    fmt::print("{}\n", out);
  } else {
    fmt::print(
        "Restored {} files ({:.1f} MB) to {}.\n\nNext, check it and serve it:\n"
        "  nexus-inventory verify{}\n  nexus-inventory serve{}\n",
        restored->files, static_cast<double>(restored->bytes) / 1e6, place.directory.string(),
        store_arguments(common), store_arguments(common));
  }
  return exit_ok;
}

}  // namespace

void add_backup_commands(CLI::App& program, CommonOptions& common, Action& action) {
  auto* backup = program.add_subcommand("backup", "Copy the store, also while it is being served");
  auto destination = std::make_shared<std::string>();
  backup->add_option("DEST", *destination, "The folder to make; it must not be there yet")->required();
  add_store_options(*backup, common);
  add_json_option(*backup, common);
  backup->footer(
      "The copy is the store as it stands at one moment; reads and writes go on meanwhile.\n\nExamples:\n"
      "  nexus-inventory backup /backups/nexus-$(date +%F)\n"
      "  nexus-inventory backup copy --data /var/lib/nexus --json");
  backup->callback([&common, &action, destination] {
    action = [&common, destination] { return back_up(common, *destination); };
  });

  auto* restore_command = program.add_subcommand("restore", "Make a store from a backup");
  auto source = std::make_shared<std::string>();
  restore_command->add_option("SRC", *source, "The folder that `backup` made")->required();
  add_store_options(*restore_command, common);
  add_json_option(*restore_command, common);
  restore_command->footer(
      "The store appears whole at --data, where nothing may be yet, or not at all.\n\nExample:\n"
      "  nexus-inventory restore /backups/nexus-2026-03-12 --data restored\n"
      "  nexus-inventory verify --data restored");
  restore_command->callback(
      [&common, &action, source] { action = [&common, source] { return restore(common, *source); }; });
}

}  // namespace nexus::cli
