// Nobody outside can choose texts that all fall into one place of a table.

#include "store/text_hash.hpp"

#include <array>
#include <cstdlib>
#include <set>
#include <string>
#include <unistd.h>
#include <vector>

#include <gtest/gtest.h>
#include <sys/wait.h>

namespace nexus::store {

namespace {

// The hashes of the texts in a process that has not hashed anything before, as long as this one does not.
std::vector<std::size_t> hashes_of_new_process(const std::vector<std::string>& texts) {
  std::array<int, 2> ends{};
  if (::pipe(ends.data()) != 0) return {};
  const pid_t child = ::fork();
  if (child == 0) {
    for (const auto& text : texts) {
      const auto hash = TextHash()(text);
      if (::write(ends[1], &hash, sizeof hash) != sizeof hash) std::_Exit(1);
    }
    std::_Exit(0);
  }
  ::close(ends[1]);
  std::vector<std::size_t> hashes;
  std::size_t hash = 0;
  while (::read(ends[0], &hash, sizeof hash) == sizeof hash) hashes.push_back(hash);
  ::close(ends[0]);
  ::waitpid(child, nullptr, 0);
  return hashes;
}

TEST(TextHashTest, is_another_one_in_each_process) {
  const std::vector<std::string> texts = {"", "A", "BLUE-WIDGET"};
  const auto here = hashes_of_new_process(texts);
  const auto there = hashes_of_new_process(texts);
  ASSERT_EQ(here.size(), texts.size());
  ASSERT_EQ(there.size(), texts.size());
  for (std::size_t i = 0; i < texts.size(); ++i) EXPECT_NE(here[i], there[i]) << '"' << texts[i] << '"';
}

TEST(TextHashTest, depends_on_each_byte_and_on_the_length) {
  std::vector<std::string> texts = {std::string(128, 'x')};
  for (std::size_t at = 0; at < 128; ++at) {
    texts.push_back(texts.front());
    texts.back()[at] = 'y';
    texts.push_back(texts.front().substr(0, at));
  }
  const auto hashes = hashes_of_new_process(texts);
  EXPECT_EQ(std::set(hashes.begin(), hashes.end()).size(), texts.size());
}

TEST(TextHashTest, is_the_same_for_the_same_text) {
  const auto hashes = hashes_of_new_process({"BLUE-WIDGET", "BLUE-WIDGET"});
  ASSERT_EQ(hashes.size(), 2U);
  EXPECT_EQ(hashes[0], hashes[1]);
}

}  // namespace

}  // namespace nexus::store
