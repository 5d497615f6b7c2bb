#include <fstream>
#include <stdexcept>
#include <string>

#include "contract/engine_factory.hpp"
#include "store/postgres/postgres_store.hpp"
#include "support/postgres_server.hpp"

namespace nexus::contract {

namespace {

// One server for the whole program.
test::PostgresServer& server() {
  static test::PostgresServer only;
  return only;
}

// The folder says which schema is its own. What a node's crash leaves behind is all in the database: a copy
// of the folder is the same store.
std::string url_of(const std::filesystem::path& folder) {
  const auto note = folder / "url";
  std::string url;
  if (std::ifstream(note) >> url) return url;
  url = server().make_schema();
  std::ofstream(note) << url;
  return url;
}

}  // namespace

EngineFactory engine_under_test() {
  const auto open = [](const std::filesystem::path& folder,
                       const store::Clock& clock) -> std::unique_ptr<store::Store> {
    auto opened = store::open_postgres_store({.url = url_of(folder)}, clock);
    if (!opened) throw std::runtime_error(opened.error().message);
    return std::move(*opened);
  };
  return {.name = "postgres", .open = open, .keeps_data = true};
}

}  // namespace nexus::contract
