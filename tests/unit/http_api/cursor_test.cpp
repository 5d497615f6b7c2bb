// Cursors: where a page ended, tied to tenant and filter.

#include "service/cursor.hpp"

#include <string>
#include <utility>
#include <vector>

#include <gtest/gtest.h>

namespace nexus::service {
namespace {

const domain::TenantId tenant{domain::Ulid{.high = 1, .low = 2}};
const domain::TenantId other_tenant{domain::Ulid{.high = 1, .low = 3}};

TEST(Cursor, says_where_the_page_ended) {
  for (const std::string& position :
       std::vector<std::string>{"A", "SKU-001", "gift_0001_40", "Größe/ü", std::string(128, 'x')}) {
    const auto cursor = make_cursor(tenant, "inventory", position);
    const auto read = read_cursor(cursor, tenant, "inventory");
    ASSERT_TRUE(read.has_value());
    EXPECT_EQ(*read, position);
    EXPECT_EQ(cursor.find_first_not_of("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"),
              std::string::npos);
  }
}

TEST(Cursor, belongs_to_its_tenant_and_its_filter) {
  const auto cursor = make_cursor(tenant, "inventory|low", "A");
  EXPECT_FALSE(read_cursor(cursor, other_tenant, "inventory|low").has_value());
  const auto other_filter = read_cursor(cursor, tenant, "inventory|critical");
  ASSERT_FALSE(other_filter.has_value());
  EXPECT_EQ(other_filter.error().code, domain::ErrorCode::invalid_cursor);
}

TEST(Cursor, one_that_an_older_version_gave_out_stays_good) {
  const std::vector<std::pair<std::string, std::string>> given_out = {
      {"A", "AeOh88E3LU_IQQ"}, {"AB", "AR-0XFWAC_dSQUI"}, {"gift_0001_40", "AVZsmGyNiRVfZ2lmdF8wMDAxXzQw"}};
  for (const auto& [position, cursor] : given_out) {
    EXPECT_EQ(make_cursor(tenant, "inventory", position), cursor);
    EXPECT_EQ(read_cursor(cursor, tenant, "inventory").value_or("invalid"), position);
  }
}

TEST(Cursor, any_changed_character_makes_it_invalid) {
  const auto cursor = make_cursor(tenant, "inventory", "SKU-001");
  for (std::size_t i = 0; i < cursor.size(); ++i) {
    auto changed = cursor;
    changed[i] = changed[i] == 'A' ? 'B' : 'A';
    EXPECT_FALSE(read_cursor(changed, tenant, "inventory").has_value()) << changed;
  }
  for (const std::string& junk :
       std::vector<std::string>{"", "abc", "!!!!", "cursor_abc123", std::string(10'000, 'A')}) {
    EXPECT_FALSE(read_cursor(junk, tenant, "inventory").has_value()) << junk;
  }
}

}  // namespace
}  // namespace nexus::service
