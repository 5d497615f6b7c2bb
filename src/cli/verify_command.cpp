#include <fmt/core.h>

#include "cli/commands.hpp"
#include "cli/host_command.hpp"
#include "service/json_writer.hpp"

namespace nexus::cli {

namespace {

bool is_ok(simdjson::dom::element report) {
  bool ok = false;
  return report["ok"].get(ok) == simdjson::SUCCESS && ok;
}

int verify(const CommonOptions& common) {
  HostCommand command;
  service::JsonWriter(command.request).begin_object().field("op", "verify").end_object();
  command.tell = [](simdjson::dom::element report) {
    for (const auto problem : report["problems"].get_array()) {
      fmt::print("{}\n", std::string_view(problem));
    }
    fmt::print("{}: {} tenants, {} items, {} levels, {} adjustments, {} reservations.\n",
               is_ok(report) ? "Everything adds up" : "The store does not add up",
               count_of(report, "tenants"), count_of(report, "items"), count_of(report, "levels"),
               count_of(report, "adjustments"), count_of(report, "reservations"));
    if (!is_ok(report)) {
      fmt::print(
          "Keep the store as it is, restore the latest backup that verifies, and report the lines "
          "above.\n");
    }
  };
  command.exit_code = [](simdjson::dom::element report) { return is_ok(report) ? exit_ok : exit_failed; };
  ConsoleStream stream("Adding the ledger up", "adjustments", common.is_json);
  return run_host_command(common, command, stream);
}

}  // namespace

void add_verify_command(CLI::App& program, CommonOptions& common, Action& action) {
  auto* command = program.add_subcommand("verify", "Add the whole ledger up and compare it with the stock");
  add_store_options(*command, common);
  add_json_option(*command, common);
  command->footer(
      "Every quantity on hand must be what its adjustments add up to, and what is reserved what the held\n"
      "reservations hold. Works while the store is being served. The exit code is 1 when anything does\n"
      "not add up.\n\nExamples:\n"
      "  nexus-inventory verify\n"
      "  nexus-inventory verify --data restored --json");
  command->callback([&common, &action] { action = [&common] { return verify(common); }; });
}

}  // namespace nexus::cli
