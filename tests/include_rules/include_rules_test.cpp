// No folder includes what the architecture forbids it.

#include "include_rules/include_rules.hpp"

#include <fstream>

#include <gtest/gtest.h>

#include "support/temporary_folder.hpp"

namespace nexus::test {
namespace {

TEST(IncludeRulesTest, no_include_of_the_product_points_up) {
  std::string all;
  for (const auto& one : broken_include_rules(NEXUS_SOURCE_FOLDER)) all += one + '\n';
  EXPECT_EQ(all, "");
}

TEST(IncludeRulesTest, the_product_is_looked_at) {
  EXPECT_TRUE(std::filesystem::exists(std::filesystem::path(NEXUS_SOURCE_FOLDER) / "domain" / "decide.hpp"));
}

class ForbiddenIncludeTest : public ::testing::Test {
 protected:
  // The rules that a file of one line breaks.
  static std::vector<std::string> broken_by(const std::string& path, const std::string& line) {
    const TemporaryFolder folder;
    const auto file = folder.path() / path;
    std::filesystem::create_directories(file.parent_path());
    std::ofstream(file) << "// first\n" << line << '\n';
    return broken_include_rules(folder.path());
  }
};

struct Case {
  const char* path;
  const char* line;
};

TEST_F(ForbiddenIncludeTest, each_way_to_break_a_rule_is_found_with_its_place) {
  const Case cases[] = {
      {"domain/a.hpp", "#include \"store/store.hpp\""},
      {"domain/a.cpp", "#include \"service/csv.hpp\""},
      {"domain/a.cpp", "#include <thread>"},
      {"domain/a.cpp", "#include <mutex>"},
      {"domain/a.cpp", "#include <atomic>"},
      {"domain/a.cpp", "#include <fstream>"},
      {"domain/a.cpp", "#include <iostream>"},
      {"domain/a.cpp", "  #  include  <boost/asio.hpp>"},
      {"domain/a.cpp", "#include <boost/asio/awaitable.hpp>"},
      {"domain/a.cpp", "#include <rocksdb/db.h>"},
      {"domain/a.cpp", "#include <simdjson.h>"},
      {"domain/a.cpp", "#include <random>"},
      {"domain/a.cpp", "auto now = std::chrono::system_clock::now();"},
      {"domain/a.cpp", "#include \"item.hpp\""},
      {"store/a.hpp", "#include \"store/memory/state.hpp\""},
      {"store/a.hpp", "#include \"store/embedded/embedded_store.hpp\""},
      {"store/a.hpp", "#include \"service/csv.hpp\""},
      {"store/a.hpp", "#include \"http/server/server.hpp\""},
      {"store/memory/a.cpp", "#include \"store/embedded/embedded_store.hpp\""},
      {"store/memory/a.cpp", "#include <rocksdb/db.h>"},
      {"store/embedded/a.cpp", "#include \"store/memory/memory_store.hpp\""},
      {"store/embedded/a.cpp", "#include \"service/csv.hpp\""},
      {"store/embedded/a.cpp", "#include <simdjson.h>"},
      {"service/a.cpp", "#include \"store/embedded/embedded_store.hpp\""},
      {"service/a.cpp", "#include \"store/memory/memory_store.hpp\""},
      {"service/host/a.cpp", "#include \"http/api/router.hpp\""},
      {"service/a.cpp", "#include \"cli/serve.hpp\""},
      {"service/a.cpp", "#include <boost/beast/http.hpp>"},
      {"service/a.cpp", "#include <rocksdb/db.h>"},
      {"http/api/a.cpp", "#include \"cli/serve.hpp\""},
      {"http/api/a.cpp", "#include \"store/embedded/embedded_store.hpp\""},
      {"http/api/a.cpp", "#include <rocksdb/db.h>"},
      {"http/server/a.cpp", "#include \"http/api/router.hpp\""},
      {"http/server/a.cpp", "#include \"domain/error.hpp\""},
      {"http/server/a.cpp", "#include \"service/log.hpp\""},
      {"cli/a.cpp", "#include \"output.hpp\""},
  };
  for (const auto& each : cases) {
    const auto broken = broken_by(each.path, each.line);
    ASSERT_EQ(broken.size(), 1U) << each.path << " with " << each.line;
    EXPECT_EQ(broken[0].find(std::string(each.path) + ":2: "), 0U) << broken[0];
  }
  EXPECT_EQ(broken_by("elsewhere/a.cpp", "").size(), 1U) << "a folder without rules";
}

TEST_F(ForbiddenIncludeTest, what_is_allowed_is_let_through) {
  const Case cases[] = {
      {"domain/a.cpp", "#include \"domain/item.hpp\""},
      {"domain/a.cpp", "#include <chrono>"},
      {"domain/a.cpp", "#include <boost/unordered/unordered_flat_map.hpp>"},
      {"store/a.cpp", "#include \"store/clock.hpp\""},
      {"store/a.cpp", "#include <boost/asio/awaitable.hpp>"},
      {"store/memory/a.cpp", "#include <mutex>"},
      {"store/embedded/a.cpp", "#include <rocksdb/db.h>"},
      {"service/a.cpp", "#include \"store/maintenance.hpp\""},
      {"http/api/a.cpp", "#include \"http/server/server.hpp\""},
      {"http/api/a.cpp", "#include \"service/csv.hpp\""},
      {"http/server/a.cpp", "#include <boost/beast/http.hpp>"},
      {"cli/a.cpp", "#include \"store/embedded/embedded_store.hpp\""},
      {"cli/a.cpp", "// #include \"nothing.hpp\""},
      {"domain/a.txt", "#include <thread>"},
  };
  for (const auto& each : cases) {
    const auto broken = broken_by(each.path, each.line);
    EXPECT_TRUE(broken.empty()) << broken[0];
  }
}

}  // namespace
}  // namespace nexus::test
