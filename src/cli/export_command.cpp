#include <cerrno>
#include <cstdio>
#include <cstring>
#include <memory>
#include <unistd.h>

#include <fmt/core.h>

#include "cli/commands.hpp"
#include "cli/host_command.hpp"
#include "cli/output.hpp"
#include "service/json_writer.hpp"

namespace nexus::cli {

namespace {

struct ExportFile {
  std::string tenant;
  std::string format = "csv";
  std::string path;  // empty is standard output
};

class FileOutput final : public ConsoleStream {
 public:
  // On a terminal the output itself shows how far it is.
  FileOutput(std::FILE* file, bool is_json)
      : ConsoleStream("Exporting", "items", is_json || ::isatty(::fileno(file)) == 1), file_(file) {}

  domain::Result<void> write(std::string_view piece) override {
    if (std::fwrite(piece.data(), 1, piece.size(), file_) != piece.size()) return failure();
    return {};
  }
  domain::Result<void> flush() {
    if (std::fflush(file_) != 0) return failure();
    return {};
  }

 private:
  static std::unexpected<domain::Error> failure() {
    return domain::fail(domain::ErrorCode::unavailable,
                        std::string("the output cannot be written: ") + std::strerror(errno));
  }

  std::FILE* file_;
};

int export_file(const CommonOptions& common, const ExportFile& wanted) {
  const bool is_stdout = wanted.path.empty() || wanted.path == "-";
  const std::unique_ptr<std::FILE, int (*)(std::FILE*)> file(
      is_stdout ? stdout : std::fopen(wanted.path.c_str(), "wbe"),
      [](std::FILE* opened) { return opened == stdout ? 0 : std::fclose(opened); });
  if (!file) {
    print_error("FILE_NOT_WRITABLE", fmt::format("cannot write {}: {}", wanted.path, std::strerror(errno)),
                common.is_json);
    return exit_failed;
  }
  HostCommand command{.prints_result = !is_stdout};
  service::JsonWriter(command.request)
      .begin_object()
      .field("op", "export")
      .field("tenant", wanted.tenant)
      .field("format", wanted.format)
      .end_object();
  FileOutput stream(file.get(), common.is_json);
  command.tell = [&](simdjson::dom::element report) {
    if (is_stdout) return;
    fmt::print("Exported {} items in {} rows to {}.\n", count_of(report, "items"), count_of(report, "rows"),
               wanted.path);
  };
  const int code = run_host_command(common, command, stream);
  if (const auto flushed = stream.flush(); code == exit_ok && !flushed) {
    print_error(flushed.error(), common.is_json);
    return exit_failed;
  }
  return code;
}

}  // namespace

void add_export_command(CLI::App& program, CommonOptions& common, Action& action) {
  auto* command =
      program.add_subcommand("export", "Write a tenant's items and quantities as import reads them");
  auto wanted = std::make_shared<ExportFile>();
  add_option(*command, "--tenant", wanted->tenant, "Whose stock: a tenant's name or id")->required();
  add_option(*command, "--format", wanted->format, "csv or ndjson")
      ->check(CLI::IsMember({"csv", "ndjson"}))
      ->capture_default_str();
  add_option(*command, "--output", wanted->path, "The file to write, in place of standard output")
      ->type_name("FILE");
  add_store_options(*command, common);
  add_json_option(*command, common);
  command->footer(
      "One row for each SKU and warehouse, and one for a SKU that is in none. A warehouse goes by its name "
      "where\n"
      "only one has it, else by its id, so that another tenant can import the file with --create-warehouses. "
      "Cells\n"
      "that a spreadsheet would run as formulas have an apostrophe in front; import takes it off again.\n\n"
      "With --json, what was done is printed as JSON when the rows go to a file of their own.\n\n"
      "Examples:\n"
      "  nexus-inventory export --tenant shop > stock.csv\n"
      "  nexus-inventory export --tenant shop --format ndjson --output stock.ndjson");
  command->callback(
      [&common, &action, wanted] { action = [&common, wanted] { return export_file(common, *wanted); }; });
}

}  // namespace nexus::cli
