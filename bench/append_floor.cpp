// What a durable update costs whatever is built on top: parse the body of each request, append as many bytes
// to a file as the server logs for it, sync the file once a group. No HTTP, no state, no answers, one thread.
//
//   append_floor --requests FILE --log-bytes N --group G --seconds S --directory DIR
//
// --log-bytes  what is appended for one request
// --group      requests between two syncs
// Prints one JSON object: {"requests":…,"updates":…,"syncs":…,"seconds":…}.

#include <chrono>
#include <cstdlib>
#include <fcntl.h>
#include <iostream>
#include <simdjson.h>
#include <stdexcept>
#include <string>
#include <system_error>
#include <unistd.h>
#include <vector>

#include <fmt/format.h>

#include "allocator/tuning.hpp"
#include "arguments.hpp"
#include "request_file.hpp"

namespace {

using SteadyClock = std::chrono::steady_clock;

class UpdateParser {
 public:
  // Reads every field of every update, as a server must. Returns how many updates there were.
  std::size_t parse(const simdjson::padded_string& body) {
    auto document = parser_.iterate(body);
    auto root = document.get_object();
    std::size_t updates = 0;
    bool is_bulk = false;
    for (auto field : root) {
      const std::string_view name = field.unescaped_key();
      if (name == "updates") {
        is_bulk = true;
        for (auto update : field.value().get_array()) {
          for (auto member : update.get_object()) take(member.unescaped_key(), member.value());
          ++updates;
        }
      } else {
        take(name, field.value());
      }
    }
    return is_bulk ? updates : 1;
  }

  // Depends on all that was read, so that no reading is left out.
  std::size_t digest() const { return digest_; }

 private:
  void take(std::string_view name, simdjson::ondemand::value value) {
    if (name == "quantity") {
      digest_ += static_cast<std::size_t>(std::int64_t(value.get_int64()));
    } else {
      digest_ += std::string_view(value.get_string()).size();
    }
  }

  simdjson::ondemand::parser parser_;
  std::size_t digest_ = 0;
};

class AppendedFile {
 public:
  explicit AppendedFile(const std::string& directory) : path_(directory + "/append_floor.tmp") {
    file_ = ::open(path_.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_APPEND | O_CLOEXEC, 0600);
    if (file_ < 0) fail("open");
  }
  ~AppendedFile() {
    ::close(file_);
    ::unlink(path_.c_str());
  }
  AppendedFile(const AppendedFile&) = delete;
  AppendedFile& operator=(const AppendedFile&) = delete;

  void append_and_sync(const std::string& block) {
    if (::write(file_, block.data(), block.size()) != static_cast<ssize_t>(block.size())) fail("write");
    if (::fdatasync(file_) != 0) fail("fdatasync");
  }

 private:
  [[noreturn]] void fail(const char* what) const {
    throw std::system_error(errno, std::generic_category(), std::string(what) + " " + path_);
  }

  std::string path_;
  int file_ = -1;
};

int run(const nexus::bench::Arguments& arguments) {
  std::vector<simdjson::padded_string> bodies;
  for (const std::string& request : nexus::bench::read_requests(arguments.text("--requests"))) {
    bodies.emplace_back(nexus::bench::body_of(request));
  }
  const auto group = arguments.number("--group");
  const std::string block(group * arguments.number("--log-bytes"), 'x');
  const std::chrono::duration<double> limit(arguments.real("--seconds"));

  UpdateParser parser;
  AppendedFile file(arguments.text("--directory"));
  std::uint64_t requests = 0;
  std::uint64_t updates = 0;
  std::uint64_t syncs = 0;
  const auto begin = SteadyClock::now();
  std::chrono::duration<double> took{};
  do {
    for (std::size_t i = 0; i < group; ++i) updates += parser.parse(bodies[requests++ % bodies.size()]);
    file.append_and_sync(block);
    ++syncs;
    took = SteadyClock::now() - begin;
  } while (took < limit);
  if (parser.digest() == 0) throw std::runtime_error("nothing was parsed");
  fmt::print("{{\"requests\":{},\"updates\":{},\"syncs\":{},\"seconds\":{:.6f}}}\n", requests, updates, syncs,
             took.count());
  return EXIT_SUCCESS;
}

}  // namespace

int main(int argc, char** argv) {
  nexus::allocator::tune();
  try {
    return run(nexus::bench::Arguments(argc, argv));
  } catch (const std::exception& failure) {
    std::cerr << "append_floor: " << failure.what() << '\n';
    return EXIT_FAILURE;
  }
}
