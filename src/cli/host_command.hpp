#pragma once

#include <functional>
#include <simdjson.h>
#include <string>

#include "cli/common_options.hpp"
#include "cli/host_connection.hpp"
#include "cli/progress_bar.hpp"
#include "service/host/admin.hpp"

namespace nexus::cli {

// The command line's end of a request's streams: progress on the terminal, nothing to read or write.
class ConsoleStream : public service::AdminStream {
 public:
  ConsoleStream(std::string title, std::string unit, bool is_json)
      : bar_(std::move(title), std::move(unit), is_json) {}

  void progress(std::uint64_t done, std::uint64_t total) override { bar_.show(done, total); }
  domain::Result<void> write(std::string_view piece) override;
  domain::Result<bool> read(std::string& buffer) override;

  void clear() { bar_.clear(); }

 private:
  ProgressBar bar_;
};

// A subcommand that is one request to the store.
struct HostCommand {
  std::string request;  // as AdminApi takes it
  IfMissing if_missing = IfMissing::fail;
  // With --json the result itself is printed, unless something else is on stdout already.
  bool prints_result = true;
  // Tells a person what was done and what to do next.
  std::function<void(simdjson::dom::element result)> tell;
  // What a script is told; success unless it says otherwise.
  std::function<int(simdjson::dom::element result)> exit_code;
};

// Runs it and prints what came of it. Returns the exit code.
int run_host_command(const CommonOptions& common, const HostCommand& command, ConsoleStream& stream);

// Fields of a result. A field that is not there is empty or 0.
std::string text_of(simdjson::dom::element object, std::string_view field);
std::uint64_t count_of(simdjson::dom::element object, std::string_view field);

// The --data or --store that a next command needs to work on the same store, with a space in front; empty
// for the default.
std::string store_arguments(const StorePlace& place);
inline std::string store_arguments(const CommonOptions& common) {
  return store_arguments(common.place());
}

}  // namespace nexus::cli
