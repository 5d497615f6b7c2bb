#include "include_rules/include_rules.hpp"

#include <algorithm>
#include <array>
#include <fstream>
#include <optional>
#include <span>
#include <string_view>

namespace nexus::test {

namespace {

using Words = std::vector<std::string_view>;

// Header names or the beginnings of such, by what they are for.
const Words io = {"cstdio",  "fstream", "iostream", "filesystem", "stdio.h",    "unistd.h",
                  "fcntl.h", "sys/",    "netinet/", "arpa/",      "boost/asio", "boost/beast"};
const Words threads = {"thread",    "mutex",      "shared_mutex", "condition_variable",
                       "future",    "atomic",     "latch",        "barrier",
                       "semaphore", "stop_token", "boost/thread", "pthread.h"};
const Words json = {"simdjson", "nlohmann/", "rapidjson/", "boost/json"};
const Words databases = {"rocksdb/", "sqlite3", "libpq", "pqxx/", "lmdb"};
const Words transport = {"boost/beast", "openssl/ssl"};
const Words network = {"boost/asio/ip"};
const Words clocks_and_dice = {"random", "time.h", "ctime", "sys/time.h"};

struct Layer {
  std::string_view folder;             // the longest that a file's path begins with is its layer
  Words may_include;                   // of ours; what ends in "/*" only directly in that folder
  std::vector<const Words*> not_from;  // of others
  Words words = {};                    // that must not stand anywhere in the code
};

const std::vector<Layer>& layers() {
  static const std::vector<Layer> all{
      {"allocator/", {"allocator/"}, {&io, &threads, &json, &databases, &transport, &network}},
      {"unicode/", {"unicode/"}, {&io, &threads, &databases, &transport, &network}},
      {"domain/",
       {"domain/", "unicode/"},
       {&io, &threads, &json, &databases, &clocks_and_dice},
       {"system_clock", "steady_clock", "high_resolution_clock"}},
      {"store/", {"domain/", "store/*"}, {&json, &databases, &transport, &network}},
      {"store/memory/", {"domain/", "store/*", "store/memory/"}, {&io, &json, &databases}},
      {"store/embedded/", {"domain/", "store/*", "store/embedded/"}, {&json, &transport, &network}},
      {"store/postgres/", {"domain/", "store/*", "store/postgres/", "unicode/"}, {&json, &transport}},
      {"service/", {"domain/", "store/*", "service/"}, {&databases, &transport, &network}},
      {"http/", {"domain/", "store/*", "service/", "http/"}, {&databases}},
      {"http/server/", {"http/server/", "unicode/"}, {&json, &databases}},
      {"cli/", {"allocator/", "unicode/", "domain/", "store/", "service/", "http/", "cli/"}, {}},
  };
  return all;
}

const Layer* layer_of(std::string_view path) {
  const Layer* found = nullptr;
  for (const auto& layer : layers()) {
    if (path.starts_with(layer.folder) && (!found || layer.folder.size() > found->folder.size()))
      found = &layer;
  }
  return found;
}

struct Include {
  bool is_quoted;
  std::string_view path;
};

std::optional<Include> include_of(std::string_view line) {
  const auto skip_space = [&] { line.remove_prefix(std::min(line.find_first_not_of(" \t"), line.size())); };
  skip_space();
  if (!line.starts_with('#')) return std::nullopt;
  line.remove_prefix(1);
  skip_space();
  if (!line.starts_with("include")) return std::nullopt;
  line.remove_prefix(7);
  skip_space();
  if (line.empty() || (line[0] != '"' && line[0] != '<')) return std::nullopt;
  const auto end = line.find(line[0] == '"' ? '"' : '>', 1);
  if (end == std::string_view::npos) return std::nullopt;
  return Include{line[0] == '"', line.substr(1, end - 1)};
}

bool may_include(const Layer& layer, std::string_view path) {
  return std::ranges::any_of(layer.may_include, [&](std::string_view allowed) {
    if (!allowed.ends_with('*')) return path.starts_with(allowed);
    allowed.remove_suffix(1);
    return path.starts_with(allowed) && path.find('/', allowed.size()) == std::string_view::npos;
  });
}

// "boost/asio" stands for boost/asio.hpp and all beneath boost/asio/, "future" for <future> alone.
bool is_or_begins(std::string_view path, std::string_view name) {
  if (!path.starts_with(name)) return false;
  const auto rest = path.substr(name.size());
  return name.ends_with('/') || rest.empty() || rest[0] == '/' || rest[0] == '.';
}

std::string problem_of(const Layer& layer, std::string_view line) {
  const std::string folder(layer.folder);
  if (const auto include = include_of(line)) {
    const std::string path(include->path);
    if (include->is_quoted) {
      if (layer_of(path) == nullptr) return "\"" + path + "\" is not written from src/";
      return may_include(layer, path) ? "" : folder + " must not include \"" + path + "\"";
    }
    for (const auto* names : layer.not_from) {
      const auto matches = [&](std::string_view name) { return is_or_begins(path, name); };
      if (std::ranges::any_of(*names, matches)) return folder + " must not include <" + path + ">";
    }
    return "";
  }
  for (const auto word : layer.words) {
    if (line.find(word) != std::string_view::npos) return folder + " must not use " + std::string(word);
  }
  return "";
}

}  // namespace

std::vector<std::string> broken_include_rules(const std::filesystem::path& source) {
  std::vector<std::string> broken;
  constexpr std::array<std::string_view, 5> extensions = {".hpp", ".cpp", ".h", ".ipp", ".cc"};
  for (const auto& entry : std::filesystem::recursive_directory_iterator(source)) {
    const auto extension = entry.path().extension().string();
    if (!entry.is_regular_file() || std::ranges::find(extensions, extension) == extensions.end()) continue;
    const auto path = std::filesystem::relative(entry.path(), source).generic_string();
    const Layer* layer = layer_of(path);
    if (layer == nullptr) {
      broken.push_back(path + ":0: belongs to no layer");
      continue;
    }
    std::ifstream file(entry.path());
    std::string line;
    for (std::size_t number = 1; std::getline(file, line); ++number) {
      if (const auto problem = problem_of(*layer, line); !problem.empty()) {
        broken.push_back(path + ":" + std::to_string(number) + ": " + problem);
      }
    }
  }
  std::ranges::sort(broken);
  return broken;
}

}  // namespace nexus::test
