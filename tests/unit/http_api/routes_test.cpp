// What the route table makes of paths and methods.

#include "http/api/routes.hpp"

#include <gtest/gtest.h>

namespace nexus::http {
namespace {

TEST(Routes, a_sku_is_what_stands_in_its_place_of_the_path) {
  const auto match = match_route("GET", "/api/inventory/A%2FB");
  ASSERT_NE(match.route, nullptr);
  EXPECT_EQ(match.route->operation, Operation::get_inventory);
  EXPECT_EQ(match.segment, "A%2FB");
}

TEST(Routes, route_words_are_never_skus) {
  EXPECT_EQ(match_route("GET", "/api/inventory/warehouses").route->operation, Operation::list_warehouses);
  EXPECT_EQ(match_route("POST", "/api/inventory/bulk").route->operation, Operation::bulk_update_inventory);
  const auto match = match_route("PUT", "/api/inventory/bulk");
  EXPECT_EQ(match.route, nullptr);
  EXPECT_EQ(match.allowed, "POST");
}

TEST(Routes, head_goes_where_get_goes) {
  EXPECT_EQ(match_route("HEAD", "/api/inventory/A").route->operation, Operation::get_inventory);
  EXPECT_EQ(match_route("HEAD", "/api/inventory/bulk").route, nullptr);
}

TEST(Routes, a_wrong_method_learns_the_right_ones) {
  EXPECT_EQ(match_route("POST", "/api/inventory/A").allowed, "GET, HEAD, PUT, PATCH, DELETE");
  EXPECT_EQ(match_route("OPTIONS", "/api/reservations").allowed, "GET, HEAD, POST");
  EXPECT_EQ(match_route("get", "/livez").allowed, "GET, HEAD");
}

class UnknownPath : public testing::TestWithParam<std::string_view> {};

TEST_P(UnknownPath, has_no_route_and_no_methods) {
  const auto match = match_route("GET", GetParam());
  EXPECT_EQ(match.route, nullptr);
  EXPECT_EQ(match.allowed, "");
}

INSTANTIATE_TEST_SUITE_P(Paths, UnknownPath,
                         testing::Values("/", "", "*", "/api", "/api/", "/api/inventory/",
                                         "/api/inventory//adjustments", "/api/inventory/A/adjustments/",
                                         "/api/inventory/A/b/c/d", "/API/inventory",
                                         "/api/reservations/x/hold", "/livez/", "http://host/livez"));

}  // namespace
}  // namespace nexus::http
