// A table of kept answers, however many small ones it is made of, has what was put last under each key.

#include "store/embedded/answer_table.hpp"

#include <map>
#include <string>

#include <gtest/gtest.h>

namespace nexus::store::embedded {

namespace {

TEST(AnswerTableTest, has_what_was_put_last_under_each_key) {
  AnswerTable<int> table;
  std::map<std::string, int> expected;
  for (int i = 0; i < 10'000; ++i) {
    const auto key = "order-" + std::to_string(i % 7'000);
    table.put(key, i);
    expected[key] = i;
  }

  std::map<std::string, int> found;
  table.for_each([&](const std::string& key, int value) { found[key] = value; });
  EXPECT_EQ(found, expected);
  EXPECT_EQ(table.size(), expected.size());
  for (const auto& [key, value] : expected) {
    const auto* one = table.find(key);
    ASSERT_NE(one, nullptr) << key;
    EXPECT_EQ(*one, value) << key;
  }
  EXPECT_EQ(table.find("order-7000"), nullptr);
}

}  // namespace

}  // namespace nexus::store::embedded
