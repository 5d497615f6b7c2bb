// Entity tags in If-Match and If-None-Match.

#include <vector>

#include <gtest/gtest.h>

#include "http/api/preconditions.hpp"

namespace nexus::http {
namespace {

class Headers {
 public:
  Headers(std::string_view name, std::string_view value) : fields_{{name, value}} {
    request.headers = fields_;
  }
  Request request;

 private:
  std::vector<HeaderField> fields_;
};

std::vector<std::uint64_t> accepted(std::string_view if_match) {
  const Headers headers("If-Match", if_match);
  const auto versions = read_if_match(headers.request);
  EXPECT_TRUE(versions.has_value());
  EXPECT_TRUE(versions->has_value());
  return versions->value_or(std::vector<std::uint64_t>{});
}

TEST(IfMatch, absent_or_star_accepts_every_version) {
  EXPECT_FALSE(read_if_match(Request{})->has_value());
  EXPECT_FALSE(read_if_match(Headers("If-Match", "*").request)->has_value());
}

TEST(IfMatch, lists_the_versions_that_would_do) {
  EXPECT_EQ(accepted("\"7\""), std::vector<std::uint64_t>({7}));
  EXPECT_EQ(accepted("\"7\" , \"12\""), std::vector<std::uint64_t>({7, 12}));
}

TEST(IfMatch, a_weak_or_foreign_tag_matches_no_version) {
  EXPECT_TRUE(accepted("W/\"7\"").empty());
  EXPECT_TRUE(accepted("\"abc\"").empty());
  EXPECT_TRUE(accepted("\"07\"").empty());
  EXPECT_TRUE(accepted("\"\"").empty());
  EXPECT_TRUE(accepted("\"99999999999999999999999\"").empty());
}

class NoEntityTags : public testing::TestWithParam<std::string_view> {};

TEST_P(NoEntityTags, is_refused_by_name) {
  const auto versions = read_if_match(Headers("If-Match", GetParam()).request);
  ASSERT_FALSE(versions.has_value());
  EXPECT_EQ(versions.error().code, domain::ErrorCode::validation_error);
  EXPECT_NE(versions.error().message.find("If-Match"), std::string::npos);
}

INSTANTIATE_TEST_SUITE_P(Values, NoEntityTags,
                         testing::Values("", "7", "\"7", "7\"", "\"7\",", "\"7\" \"8\"", "*, \"7\""));

TEST(IfNoneMatch, knows_the_version_that_the_client_has) {
  EXPECT_TRUE(client_has(Headers("If-None-Match", "\"7\"").request, 7));
  EXPECT_TRUE(client_has(Headers("If-None-Match", "\"6\", W/\"7\"").request, 7));
  EXPECT_TRUE(client_has(Headers("If-None-Match", "*").request, 7));
  EXPECT_FALSE(client_has(Headers("If-None-Match", "\"6\"").request, 7));
  EXPECT_FALSE(client_has(Headers("If-None-Match", "7").request, 7));
  EXPECT_FALSE(client_has(Request{}, 7));
}

}  // namespace
}  // namespace nexus::http
