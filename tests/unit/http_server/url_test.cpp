#include "http/server/url.hpp"

#include <array>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <gtest/gtest.h>

namespace nexus::http {
namespace {

std::vector<std::string> segments_of(std::string_view path) {
  std::array<std::string_view, 8> segments;
  const std::size_t count = split_path(path, segments);
  return {segments.begin(), segments.begin() + static_cast<std::ptrdiff_t>(std::min(count, segments.size()))};
}

TEST(Path, splits_at_slashes_that_are_not_escaped) {
  using Segments = std::vector<std::string>;
  EXPECT_EQ(segments_of("/api/inventory/A%2FB"), (Segments{"api", "inventory", "A%2FB"}));
  EXPECT_EQ(segments_of("/"), Segments{""});
  EXPECT_EQ(segments_of("/a/"), (Segments{"a", ""}));
  EXPECT_EQ(segments_of("//a"), (Segments{"", "a"}));
}

TEST(Path, without_a_leading_slash_has_no_segments) {
  EXPECT_EQ(split_path("", {}), 0U);
  EXPECT_EQ(split_path("*", {}), 0U);
  EXPECT_EQ(split_path("example.com:80", {}), 0U);
}

TEST(Path, longer_than_asked_for_is_counted_in_full) {
  std::array<std::string_view, 2> segments;
  EXPECT_EQ(split_path("/a/b/c", segments), 3U);
  EXPECT_EQ(segments[1], "b");
}

TEST(Segment, escapes_decode_to_bytes_that_belong_to_it) {
  EXPECT_EQ(decode_segment("A%2FB"), "A/B");
  EXPECT_EQ(decode_segment("A%2fB"), "A/B");
  EXPECT_EQ(decode_segment("a+b"), "a+b");
  EXPECT_EQ(decode_segment("Gr%C3%B6%C3%9Fe"), "Größe");
  EXPECT_EQ(decode_segment("%252F"), "%2F");
  EXPECT_EQ(decode_segment(""), "");
}

TEST(Segment, broken_escapes_are_errors) {
  for (std::string_view bad : {"%", "a%", "%2", "%G0", "%0G", "%%41", "%-1"}) {
    EXPECT_EQ(decode_segment(bad), std::unexpected(UrlError::bad_escape)) << bad;
  }
}

TEST(Segment, escapes_must_make_utf8) {
  for (std::string_view bad :
       {"%FF", "%C3", "%C0%AF", "%E0%80%80", "%ED%A0%80", "%F4%90%80%80", "%80", "%F5%80%80%80"}) {
    EXPECT_EQ(decode_segment(bad), std::unexpected(UrlError::invalid_utf8)) << bad;
  }
  EXPECT_EQ(decode_segment("%F0%9F%93%A6"), "\U0001F4E6");
  EXPECT_EQ(decode_segment("%ED%9F%BF%EE%80%80%F4%8F%BF%BF"), "\uD7FF\uE000\U0010FFFF");
}

std::vector<std::pair<std::string, std::string>> parameters_of(std::string_view query) {
  std::vector<std::pair<std::string, std::string>> pairs;
  const auto parameters = parse_query(query);
  EXPECT_TRUE(parameters) << query;
  if (!parameters) return pairs;
  for (const QueryParameter& parameter : *parameters) pairs.emplace_back(parameter.name, parameter.value);
  return pairs;
}

TEST(Query, keeps_order_and_repetitions) {
  using Pairs = std::vector<std::pair<std::string, std::string>>;
  EXPECT_EQ(parameters_of("sku=b&limit=5&sku=a"), (Pairs{{"sku", "b"}, {"limit", "5"}, {"sku", "a"}}));
  EXPECT_EQ(parameters_of(""), Pairs{});
}

TEST(Query, decodes_names_and_values) {
  using Pairs = std::vector<std::pair<std::string, std::string>>;
  EXPECT_EQ(parameters_of("a+b=c+d%2B%26%3D"), (Pairs{{"a b", "c d+&="}}));
  EXPECT_EQ(parameters_of("cursor=ab=="), (Pairs{{"cursor", "ab=="}}));
}

TEST(Query, tolerates_missing_values_and_empty_pieces) {
  using Pairs = std::vector<std::pair<std::string, std::string>>;
  EXPECT_EQ(parameters_of("a&b=&&=c&"), (Pairs{{"a", ""}, {"b", ""}, {"", "c"}}));
}

TEST(Query, broken_pieces_are_errors) {
  EXPECT_EQ(parse_query("a=%zz").error(), UrlError::bad_escape);
  EXPECT_EQ(parse_query("%=1").error(), UrlError::bad_escape);
  EXPECT_EQ(parse_query("a=%ff").error(), UrlError::invalid_utf8);
}

TEST(Query, is_bounded) {
  EXPECT_TRUE(parse_query("a&b&c", 3));
  EXPECT_EQ(parse_query("a&b&c&d", 3).error(), UrlError::too_many_parameters);
}

}  // namespace
}  // namespace nexus::http
