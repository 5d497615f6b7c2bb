#include "cli/host_command.hpp"

#include <cstdio>
#include <exception>

#include <fmt/core.h>

#include "cli/output.hpp"

namespace nexus::cli {

domain::Result<void> ConsoleStream::write(std::string_view) {
  return domain::fail(domain::ErrorCode::internal, "nothing was to be written");
}

domain::Result<bool> ConsoleStream::read(std::string&) {
  return domain::fail(domain::ErrorCode::internal, "nothing was to be read");
}

int run_host_command(const CommonOptions& common, const HostCommand& command, ConsoleStream& stream) {
  ProgressBar loading("Loading the store", "records", common.is_json);
  auto connection =
      connect_to_store(common.place(), command.if_missing,
                       [&](std::uint64_t done, std::uint64_t total) { loading.show(done, total); });
  loading.clear();
  if (!connection) {
    print_error(connection.error(), common.is_json);
    return exit_failed;
  }
  const auto result = connection->port->handle(command.request, stream);
  stream.clear();
  if (!result) {
    print_error(result.error(), common.is_json);
    return exit_failed;
  }
  simdjson::dom::parser parser;
  simdjson::dom::element parsed;
  if (parser.parse(*result).get(parsed) != simdjson::SUCCESS) {
    throw std::logic_error("a result is no JSON: " + *result);
  }
  if (!common.is_json) {
    command.tell(parsed);
  } else if (command.prints_result) {
    fmt::print("{}\n", *result);
  }
  return command.exit_code ? command.exit_code(parsed) : exit_ok;
}

std::string text_of(simdjson::dom::element object, std::string_view field) {
  std::string_view text;
  return object[field].get(text) == simdjson::SUCCESS ? std::string(text) : std::string();
}

std::uint64_t count_of(simdjson::dom::element object, std::string_view field) {
  std::uint64_t count = 0;
  return object[field].get(count) == simdjson::SUCCESS ? count : 0;
}

std::string store_arguments(const StorePlace& place) {
  if (place.is_database()) return " --store " + shell_quoted(place.description());
  if (place.directory == CommonOptions().data) return {};
  return " --data " + shell_quoted(place.directory.string());
}

}  // namespace nexus::cli
