// Cursors: where a page ended, tied to tenant and filter.

#include "service/cursor.hpp"

#include <string>
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
