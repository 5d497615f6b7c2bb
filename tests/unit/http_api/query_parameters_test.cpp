// Which query strings a route takes.

#include "http/api/query_parameters.hpp"

#include <gtest/gtest.h>

namespace nexus::http {
namespace {

domain::Result<QueryParameters> read(std::string_view query) {
  return QueryParameters::read(query, {"limit", "status", "sku"}, "sku");
}

TEST(QueryParameters, known_ones_are_found_decoded) {
  const auto parameters = read("status=low%2Ccritical&sku=A+B&sku=a%2Fb");
  ASSERT_TRUE(parameters.has_value());
  EXPECT_EQ(parameters->find("status"), "low,critical");
  EXPECT_EQ(parameters->all("sku"), (std::vector<std::string>{"A B", "a/b"}));
  EXPECT_FALSE(parameters->find("limit").has_value());
}

struct RefusedText {
  std::string_view query;
  std::string_view in_message;
};

class RefusedQuery : public testing::TestWithParam<RefusedText> {};

TEST_P(RefusedQuery, is_a_validation_error_that_names_the_offender) {
  const auto parameters = read(GetParam().query);
  ASSERT_FALSE(parameters.has_value());
  EXPECT_EQ(parameters.error().code, domain::ErrorCode::validation_error);
  EXPECT_NE(parameters.error().message.find(GetParam().in_message), std::string::npos)
      << parameters.error().message;
}

INSTANTIATE_TEST_SUITE_P(Queries, RefusedQuery,
                         testing::Values(RefusedText{"stauts=low", "stauts"},
                                         RefusedText{"status=low&status=low", "status"},
                                         RefusedText{"status=%zz", "hexadecimal"},
                                         RefusedText{"status=%ff", "UTF-8"}));

class BadLimit : public testing::TestWithParam<std::string_view> {};

TEST_P(BadLimit, is_refused) {
  const auto parameters = read("limit=" + std::string(GetParam()));
  ASSERT_TRUE(parameters.has_value());
  EXPECT_FALSE(parameters->limit().has_value());
}

INSTANTIATE_TEST_SUITE_P(Limits, BadLimit,
                         testing::Values("0", "201", "-1", "ten", "1.0", "", "+5", "1e2",
                                         "99999999999999999999"));

TEST(QueryParameters, a_limit_from_1_to_200_is_taken) {
  EXPECT_EQ(read("limit=1")->limit().value(), 1U);
  EXPECT_EQ(read("limit=200")->limit().value(), 200U);
  EXPECT_FALSE(read("")->limit()->has_value());
}

TEST(QueryParameters, commas_split_and_empty_parts_stay) {
  EXPECT_EQ(split_commas("a,b"), (std::vector<std::string_view>{"a", "b"}));
  EXPECT_EQ(split_commas("a,,b,"), (std::vector<std::string_view>{"a", "", "b", ""}));
  EXPECT_EQ(split_commas(""), (std::vector<std::string_view>{""}));
}

}  // namespace
}  // namespace nexus::http
