#include "service/key_digest.hpp"

#include <algorithm>
#include <set>
#include <string>

#include <gtest/gtest.h>

namespace nexus::service {
namespace {

TEST(KeyTest, a_key_is_its_prefix_and_43_letters_and_digits) {
  const auto key = generate_key_text();
  ASSERT_EQ(key.size(), key_text_size);
  EXPECT_TRUE(key.starts_with("nxc_live_"));
  EXPECT_TRUE(std::all_of(key.begin() + 9, key.end(), [](unsigned char c) { return std::isalnum(c) != 0; }))
      << key;
}

TEST(KeyTest, no_two_keys_are_alike_and_every_place_but_the_last_takes_every_character) {
  std::set<std::string> keys;
  std::set<char> first;
  for (int i = 0; i < 2000; ++i) {
    const auto key = generate_key_text();
    keys.insert(key);
    first.insert(key[key_prefix.size()]);
  }
  EXPECT_EQ(keys.size(), 2000U);
  EXPECT_EQ(first.size(), 62U);
}

TEST(KeyTest, the_digest_is_the_sha_256_of_the_text) {
  std::string hex;
  for (const auto byte : digest_of("abc")) {
    hex += "0123456789abcdef"[byte >> 4U];
    hex += "0123456789abcdef"[byte & 15U];
  }
  EXPECT_EQ(hex, "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
  EXPECT_NE(digest_of("abc"), digest_of(std::string_view("abc\0", 4)));
}

TEST(KeyTest, the_digest_depends_on_the_text_alone_whatever_was_asked_before) {
  const auto none = digest_of("");
  const auto one = digest_of("abc");
  const auto other = digest_of("abd");
  EXPECT_NE(one, other);
  EXPECT_EQ(digest_of("abd"), other);
  EXPECT_EQ(digest_of("abc"), one);
  EXPECT_EQ(digest_of("abc"), one);
  EXPECT_EQ(digest_of(""), none);
  EXPECT_NE(none, domain::KeyDigest{});
}

}  // namespace
}  // namespace nexus::service
