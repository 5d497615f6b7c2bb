// A text that copies share: it reads as it was written, and is there as long as one of them is.

#include "domain/shared_text.hpp"

#include <string>
#include <thread>
#include <utility>
#include <vector>

#include <gtest/gtest.h>

namespace nexus::domain {
namespace {

const std::string long_text(1000, 'x');

TEST(SharedTextTest, it_reads_as_it_was_written) {
  for (const auto& text : {std::string(), std::string("Blue Widget"), std::string("a\0b", 3), long_text}) {
    EXPECT_EQ(SharedText(text).view(), text);
    EXPECT_EQ(SharedText(text), text);
  }
  EXPECT_EQ(SharedText(), "");
  EXPECT_EQ(SharedText().address(), nullptr);
  EXPECT_EQ(SharedText("").address(), nullptr);
}

TEST(SharedTextTest, copies_share_it_and_outlive_each_other) {
  auto first = SharedText(long_text);
  auto copy = first;
  EXPECT_EQ(copy.address(), first.address());
  first = "another";
  EXPECT_EQ(copy, long_text);
  const auto moved = std::exchange(copy, SharedText());
  EXPECT_EQ(moved, long_text);
  EXPECT_EQ(copy, "");
  EXPECT_EQ(first, "another");
}

TEST(SharedTextTest, the_text_counts_and_not_where_it_is) {
  EXPECT_EQ(SharedText("a"), SharedText("a"));
  EXPECT_NE(SharedText("a"), SharedText("b"));
  EXPECT_NE(SharedText("a"), SharedText());
  EXPECT_NE(SharedText("a"), "ab");
}

TEST(SharedTextTest, threads_copy_and_drop_it_at_once) {
  SharedText text(long_text);
  std::vector<std::thread> threads;
  for (int i = 0; i < 4; ++i) {
    threads.emplace_back([own = text] {
      for (int round = 0; round < 1000; ++round) {
        const std::vector<SharedText> copies(10, own);
        EXPECT_EQ(copies.back().view().size(), long_text.size());
      }
    });
  }
  text = SharedText();
  for (auto& thread : threads) thread.join();
}

}  // namespace
}  // namespace nexus::domain
