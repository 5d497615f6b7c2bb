#include <memory>

#include <fmt/core.h>

#include "cli/commands.hpp"
#include "cli/host_command.hpp"
#include "cli/output.hpp"
#include "service/json_writer.hpp"

namespace nexus::cli {

namespace {

int create_tenant(const CommonOptions& common, const std::string& name) {
  HostCommand command{.if_missing = IfMissing::create};
  service::JsonWriter(command.request)
      .begin_object()
      .field("op", "tenant.create")
      .field("name", name)
      .end_object();
  command.tell = [&](simdjson::dom::element tenant) {
    fmt::print(
        "Made tenant {} ({}).\n\nNext, make a key for it:\n  nexus-inventory key create --tenant {} "
        "--name first --owner you@example.com --scope '*'{}\n",
        name, text_of(tenant, "id"), shell_quoted(name), store_arguments(common));
  };
  ConsoleStream stream("", "", common.is_json);
  return run_host_command(common, command, stream);
}

int list_tenants(const CommonOptions& common) {
  HostCommand command;
  service::JsonWriter(command.request).begin_object().field("op", "tenant.list").end_object();
  command.tell = [&](simdjson::dom::element tenants) {
    for (const auto tenant : simdjson::dom::array(tenants)) {
      fmt::print("{}  {}  {}\n", text_of(tenant, "id"), text_of(tenant, "created_at"),
                 text_of(tenant, "name"));
    }
    if (simdjson::dom::array(tenants).size() == 0) {
      fmt::print("There are no tenants yet. Make one:\n  nexus-inventory tenant create shop{}\n",
                 store_arguments(common));
    }
  };
  ConsoleStream stream("", "", common.is_json);
  return run_host_command(common, command, stream);
}

}  // namespace

void add_tenant_commands(CLI::App& program, CommonOptions& common, Action& action) {
  auto* tenant = program.add_subcommand("tenant", "Sellers whose stock is kept apart: create, list");
  tenant->require_subcommand(1);
  tenant->footer(
      "Works whether or not a server has the store open.\n\nExamples:\n"
      "  nexus-inventory tenant create shop\n"
      "  nexus-inventory tenant list --json");

  auto* create = tenant->add_subcommand("create", "Make a tenant (and the store, if there is none yet)");
  auto name = std::make_shared<std::string>();
  create->add_option("NAME", *name, "What it is called; no other tenant may have the name")->required();
  add_store_options(*create, common);
  add_json_option(*create, common);
  create->footer(
      "Examples:\n"
      "  nexus-inventory tenant create shop\n"
      "  nexus-inventory tenant create \"Shop No. 2\" --data /var/lib/nexus --json");
  create->callback(
      [&common, &action, name] { action = [&common, name] { return create_tenant(common, *name); }; });

  auto* list = tenant->add_subcommand("list", "All tenants, oldest first");
  add_store_options(*list, common);
  add_json_option(*list, common);
  list->footer("Examples:\n  nexus-inventory tenant list\n  nexus-inventory tenant list --json");
  list->callback([&common, &action] { action = [&common] { return list_tenants(common); }; });
}

}  // namespace nexus::cli
