#include <string>

#include <fmt/core.h>

#include "cli/commands.hpp"
#include "http/api/routes.hpp"
#include "service/json_writer.hpp"

namespace nexus::cli {

namespace {

int print_routes(const CommonOptions& common) {
  if (!common.is_json) {
    for (const auto& route : http::routes()) {
      fmt::print("{:7} {:45} {}\n", route.method, route.path,
                 route.scope ? domain::name(*route.scope) : std::string_view("public"));
    }
    return exit_ok;
  }
  std::string out;
  service::JsonWriter json(out);
  json.begin_array();
  for (const auto& route : http::routes()) {
    // What is served beside the API is no operation that a client could call.
    if (route.is_asset) continue;
    json.begin_object().field("method", route.method).field("path", route.path).end_object();
  }
  json.end_array();
  fmt::print("{}\n", out);
  return exit_ok;
}

}  // namespace

void add_routes_command(CLI::App& program, CommonOptions& common, Action& action) {
  auto* command = program.add_subcommand("routes", "What the server answers, with the scope that each needs");
  add_json_option(*command, common);
  command->footer("Examples:\n  nexus-inventory routes\n  nexus-inventory routes --json");
  command->callback([&common, &action] { action = [&common] { return print_routes(common); }; });
}

}  // namespace nexus::cli
