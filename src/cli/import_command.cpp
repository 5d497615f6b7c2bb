#include <cerrno>
#include <cstdio>
#include <cstring>
#include <filesystem>
#include <memory>

#include <fmt/core.h>

#include "cli/commands.hpp"
#include "cli/host_command.hpp"
#include "cli/output.hpp"
#include "service/host/stock_rows.hpp"
#include "service/json_writer.hpp"

namespace nexus::cli {

namespace {

struct ImportFile {
  std::string tenant;
  std::string path;
  std::string format;
  bool create_warehouses = false;
};

using File = std::unique_ptr<std::FILE, int (*)(std::FILE*)>;

class FileInput final : public ConsoleStream {
 public:
  FileInput(std::FILE* file, std::uint64_t bytes, bool is_json)
      : ConsoleStream("Importing", "bytes", is_json), file_(file), bytes_(bytes) {}

  void progress(std::uint64_t done, std::uint64_t) override { ConsoleStream::progress(done, bytes_); }

  domain::Result<bool> read(std::string& buffer) override {
    constexpr std::size_t piece_bytes = std::size_t{256} * 1024;
    const std::size_t before = buffer.size();
    buffer.resize(before + piece_bytes);
    const std::size_t got = std::fread(buffer.data() + before, 1, piece_bytes, file_);
    buffer.resize(before + got);
    if (got == 0 && std::ferror(file_) != 0) {
      return domain::fail(domain::ErrorCode::unavailable,
                          std::string("the file cannot be read: ") + std::strerror(errno));
    }
    return got > 0;
  }

 private:
  std::FILE* file_;
  std::uint64_t bytes_;  // 0 when not known
};

// By its name, unless told.
std::string format_of(const ImportFile& file) {
  if (!file.format.empty()) return file.format;
  const auto extension = std::filesystem::path(file.path).extension();
  return extension == ".ndjson" || extension == ".jsonl" ? "ndjson" : "csv";
}

void tell(simdjson::dom::element report, const ImportFile& file) {
  fmt::print(
      "Imported {} rows into {}: {} items made, {} changed, {} warehouses made, {} quantities set, {} "
      "rows said what is so already.\n",
      count_of(report, "rows"), file.tenant, count_of(report, "items_created"),
      count_of(report, "items_changed"), count_of(report, "warehouses_created"),
      count_of(report, "levels_adjusted"), count_of(report, "rows_unchanged"));
  const auto bad_lines = count_of(report, "bad_lines");
  if (bad_lines == 0) return;
  std::uint64_t told = 0;
  for (const auto bad : report["errors"].get_array()) {
    fmt::print(stderr, "{}:{}: {}\n", file.path, count_of(bad, "line"), text_of(bad, "message"));
    ++told;
  }
  if (told < bad_lines) fmt::print(stderr, "… and {} more\n", bad_lines - told);
  fmt::print(stderr,
             "{} bad lines were left out: mend them and import the file again, what is in already stays "
             "as it is.\n",
             bad_lines);
}

int import_file(const CommonOptions& common, const ImportFile& wanted) {
  const bool is_stdin = wanted.path == "-";
  const File file(is_stdin ? stdin : std::fopen(wanted.path.c_str(), "rbe"),
                  [](std::FILE* opened) { return opened == stdin ? 0 : std::fclose(opened); });
  std::error_code error;
  if (!file || std::filesystem::is_directory(wanted.path, error)) {
    const int reason = file ? EISDIR : errno;
    print_error("FILE_NOT_READABLE", fmt::format("cannot read {}: {}", wanted.path, std::strerror(reason)),
                common.is_json);
    return exit_failed;
  }
  const auto bytes = is_stdin ? 0 : std::filesystem::file_size(wanted.path, error);
  HostCommand command;
  service::JsonWriter(command.request)
      .begin_object()
      .field("op", "import")
      .field("tenant", wanted.tenant)
      .field("format", format_of(wanted))
      .field("create_warehouses", wanted.create_warehouses)
      .end_object();
  command.tell = [&](simdjson::dom::element report) { tell(report, wanted); };
  command.exit_code = [](simdjson::dom::element report) {
    return count_of(report, "bad_lines") == 0 ? exit_ok : exit_failed;
  };
  FileInput stream(file.get(), error ? 0 : bytes, common.is_json);
  return run_host_command(common, command, stream);
}

}  // namespace

void add_import_command(CLI::App& program, CommonOptions& common, Action& action) {
  auto* import = program.add_subcommand("import", "Make a tenant's items and quantities as a file says");
  auto wanted = std::make_shared<ImportFile>();
  import->add_option("FILE", wanted->path, "A .csv or .ndjson file; - is standard input")->required();
  add_option(*import, "--tenant", wanted->tenant, "Whose stock it is: a tenant's name or id")->required();
  add_option(*import, "--format", wanted->format, "csv or ndjson, where the file's name does not say")
      ->check(CLI::IsMember({"csv", "ndjson"}));
  add_flag(*import, "--create-warehouses", wanted->create_warehouses,
           "Make warehouses that the tenant does not have yet, as its own");
  add_store_options(*import, common);
  add_json_option(*import, common);
  import->footer(
      "A CSV begins with a header. Columns, in any order: sku (required), title, safety_stock, "
      "low_threshold,\n"
      "critical_threshold, warehouse (name or id), quantity; one row for each SKU and warehouse. A column "
      "that is\n"
      "not there changes nothing; an empty threshold is the default one, an empty title an empty title. A "
      ".ndjson\n"
      "file has one object with these fields on each line.\n\n"
      "Bad lines are reported by their numbers and left out; the exit code is then 1. The same file again "
      "changes\n"
      "nothing.\n\n"
      "Examples:\n"
      "  nexus-inventory import stock.csv --tenant shop\n"
      "  nexus-inventory import opening.csv --tenant shop --create-warehouses\n"
      "  nexus-inventory export --tenant shop --output all.csv &&\n"
      "      nexus-inventory import all.csv --tenant copy --create-warehouses");
  import->callback(
      [&common, &action, wanted] { action = [&common, wanted] { return import_file(common, *wanted);
};
}  // namespace nexus::cli
);
}

}  // namespace nexus::cli
