#include <memory>
#include <optional>
#include <vector>

#include <fmt/core.h>
#include <fmt/ranges.h>

#include "cli/commands.hpp"
#include "cli/host_command.hpp"
#include "cli/output.hpp"
#include "domain/access.hpp"
#include "domain/time.hpp"
#include "service/host/duration.hpp"
#include "service/json_writer.hpp"
#include "store/clock.hpp"

namespace nexus::cli {

namespace {

struct NewKey {
  std::string tenant;
  std::string name;
  std::string owner;
  std::vector<std::string> scopes;
  std::string expires;
  std::optional<std::uint32_t> rate_limit;
};

int create_key(const CommonOptions& common, const NewKey& wanted) {
  HostCommand command;
  service::JsonWriter json(command.request);
  json.begin_object().field("op", "key.create").field("tenant", wanted.tenant).field("name", wanted.name);
  json.field("owner", wanted.owner).key("scopes").begin_array();
  for (const auto& scope : wanted.scopes) json.value(scope);
  json.end_array();
  if (const auto seconds = service::parse_duration_seconds(wanted.expires)) {
    json.field("expires_in_seconds", *seconds);
  }
  if (wanted.rate_limit) json.field("rate_limit", *wanted.rate_limit);
  json.end_object();
  command.tell = [&](simdjson::dom::element key) {
    fmt::print(
        "Made key {} for tenant {} with {}{}.\n\n  {}\n\nIt is shown this once: keep it where secrets are "
        "kept. Try it on a running server:\n  curl -H 'Authorization: Bearer {}' "
        "http://127.0.0.1:8080/api/inventory\n",
        text_of(key, "id"), wanted.tenant, fmt::join(wanted.scopes, ", "),
        wanted.expires.empty() ? "" : ", good for " + wanted.expires, text_of(key, "key"),
        text_of(key, "key"));
  };
  ConsoleStream stream("", "", common.is_json);
  return run_host_command(common, command, stream);
}

std::string standing_of(simdjson::dom::element key) {
  if (!text_of(key, "revoked_at").empty()) return "revoked";
  const auto expires = text_of(key, "expires_at");
  if (expires.empty()) return "active";
  // Both are in UTC and of the same form, so that they compare as texts.
  return expires <= store::SystemClock().now().text() ? "expired" : "until " + expires;
}

int list_keys(const CommonOptions& common, const std::string& tenant) {
  HostCommand command;
  service::JsonWriter json(command.request);
  json.begin_object().field("op", "key.list");
  if (!tenant.empty()) json.field("tenant", tenant);
  json.end_object();
  command.tell = [&](simdjson::dom::element keys) {
    for (const auto key : simdjson::dom::array(keys)) {
      std::string scopes;
      for (const auto scope : key["scopes"].get_array()) {
        scopes += (scopes.empty() ? "" : ",") + std::string(std::string_view(scope));
      }
      fmt::print("{}  {}  {}  {}  {}  {}\n", text_of(key, "id"), text_of(key, "tenant_id"), standing_of(key),
                 scopes, text_of(key, "owner"), text_of(key, "name"));
    }
    if (simdjson::dom::array(keys).size() == 0) {
      fmt::print(
          "There are no keys yet. Make one:\n  nexus-inventory key create --tenant {} --name first "
          "--owner you@example.com --scope '*'{}\n",
          tenant.empty() ? "TENANT" : shell_quoted(tenant), store_arguments(common));
    }
  };
  ConsoleStream stream("", "", common.is_json);
  return run_host_command(common, command, stream);
}

int revoke_key(const CommonOptions& common, const std::string& id) {
  HostCommand command;
  service::JsonWriter(command.request).begin_object().field("op", "key.revoke").field("id", id).end_object();
  command.tell = [&](simdjson::dom::element key) {
    fmt::print("Key {} of {} is revoked: from now on it opens nothing.\n", id, text_of(key, "owner"));
  };
  ConsoleStream stream("", "", common.is_json);
  return run_host_command(common, command, stream);
}

void add_create(CLI::App& key, CommonOptions& common, Action& action) {
  auto* create = key.add_subcommand("create", "Make a key; it is shown once and stored only as a hash");
  auto wanted = std::make_shared<NewKey>();
  add_option(*create, "--tenant", wanted->tenant, "Whose stock it opens: a tenant's name or id")->required();
  add_option(*create, "--name", wanted->name, "What the key is for", "KEY")->required();
  add_option(*create, "--owner", wanted->owner, "Who its writes are recorded as made by: a mail address",
             "KEY")
      ->required();
  add_option(
      *create, "--scope", wanted->scopes,
      "What it may do: inventory:read, inventory:write, inventory:admin, inventory:sync, or * for all; "
      "may be given several times",
      "KEY")
      ->required()
      ->delimiter(',')
      ->check([](const std::string& scope) {
        return domain::parse_scope(scope) ? std::string() : "there is no scope \"" + scope + "\"";
      });
  add_option(*create, "--expires", wanted->expires, "After how long it stops working: 90d, 12h, 15m, 30s",
             "KEY")
      ->check(duration_check());
  add_option(*create, "--rate-limit", wanted->rate_limit,
             "Requests a minute, in place of the server's own limit; 0 is no limit", "KEY");
  add_store_options(*create, common);
  add_json_option(*create, common);
  create->footer(
      "Examples:\n"
      "  nexus-inventory key create --tenant shop --name erp --owner anna@shop.example --scope '*'\n"
      "  nexus-inventory key create --tenant shop --name report --owner anna@shop.example \\\n"
      "      --scope inventory:read --expires 90d --rate-limit 600 --json");
  create->callback(
      [&common, &action, wanted] { action = [&common, wanted] { return create_key(common, *wanted); }; });
}

}  // namespace

void add_key_commands(CLI::App& program, CommonOptions& common, Action& action) {
  auto* key = program.add_subcommand("key", "The keys that open a tenant's stock: create, list, revoke");
  key->require_subcommand(1);
  key->footer(
      "Works whether or not a server has the store open: a lost key can always be replaced from the "
      "host.\n\nExamples:\n"
      "  nexus-inventory key create --tenant shop --name erp --owner anna@shop.example --scope '*'\n"
      "  nexus-inventory key list --tenant shop\n"
      "  nexus-inventory key revoke key_01JD9W5T0Q8X6M3N2P4R7S9VYZ");
  add_create(*key, common, action);

  auto* list = key->add_subcommand("list", "All keys, or a tenant's, oldest first; never their secrets");
  auto tenant = std::make_shared<std::string>();
  add_option(*list, "--tenant", *tenant, "Of this tenant only: its name or id");
  add_store_options(*list, common);
  add_json_option(*list, common);
  list->footer("Examples:\n  nexus-inventory key list\n  nexus-inventory key list --tenant shop --json");
  list->callback(
      [&common, &action, tenant] { action = [&common, tenant] { return list_keys(common, *tenant); }; });

  auto* revoke = key->add_subcommand("revoke", "Make a key stop working, at once and for ever");
  auto id = std::make_shared<std::string>();
  revoke->add_option("ID", *id, "The key's id, as `key list` shows it")->required();
  add_store_options(*revoke, common);
  add_json_option(*revoke, common);
  revoke->footer("Example:\n  nexus-inventory key revoke key_01JD9W5T0Q8X6M3N2P4R7S9VYZ");
  revoke->callback([&common, &action, id] { action = [&common, id] { return revoke_key(common, *id); }; });
}

}  // namespace nexus::cli
