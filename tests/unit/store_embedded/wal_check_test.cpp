// The torn end of a write-ahead file is told from damage before its end.

#include "store/embedded/wal_check.hpp"

#include <cstdint>
#include <cstring>
#include <fstream>

#include <gtest/gtest.h>

#include "store/embedded/crc32c.hpp"
#include "support/temporary_folder.hpp"

namespace nexus::store::embedded {
namespace {

constexpr char full = 1;
constexpr char first = 2;
constexpr char last = 4;

std::string fragment(char type, const std::string& payload) {
  const auto sum = crc32c(type + payload);
  const std::uint32_t masked = ((sum >> 15) | (sum << 17)) + 0xa282ead8U;
  std::string bytes(4, '\0');
  std::memcpy(bytes.data(), &masked, 4);
  bytes += static_cast<char>(payload.size());
  bytes += static_cast<char>(payload.size() >> 8);
  bytes += type;
  return bytes + payload;
}

class WalCheckTest : public ::testing::Test {
 protected:
  std::string said_of(const std::string& bytes) {
    std::ofstream(folder_.path() / "000007.log", std::ios::binary | std::ios::trunc) << bytes;
    const auto checked = check_write_ahead_files(Files(rocksdb::FileSystem::Default()), folder_.path());
    return checked ? "" : checked.error().message;
  }
  test::TemporaryFolder folder_;
  std::string one_ = fragment(full, "the first record");
  std::string two_ = fragment(full, "another record that is longer");
};

TEST_F(WalCheckTest, whole_files_pass) {
  EXPECT_EQ(said_of(""), "");
  EXPECT_EQ(said_of(one_ + two_), "");
  EXPECT_EQ(said_of(one_ + two_ + std::string(5000, '\0')), "");
}

TEST_F(WalCheckTest, a_file_cut_anywhere_passes) {
  const auto bytes = one_ + two_;
  for (std::size_t size = 0; size < bytes.size(); ++size)
    EXPECT_EQ(said_of(bytes.substr(0, size)), "") << size;
}

TEST_F(WalCheckTest, a_bit_flipped_in_a_record_that_another_follows_is_refused_with_its_place) {
  for (std::size_t bit = 0; bit < one_.size() * 8; ++bit) {
    auto bytes = one_ + one_ + two_;
    const auto at = one_.size() + bit / 8;
    bytes[at] = static_cast<char>(bytes[at] ^ (1 << (bit % 8)));
    const auto said = said_of(bytes);
    EXPECT_NE(said.find("000007.log is damaged at offset " + std::to_string(one_.size())), std::string::npos)
        << "bit " << bit << ": " << said;
  }
}

TEST_F(WalCheckTest, a_hole_in_the_last_record_passes_although_its_end_was_written) {
  auto hole = fragment(first, std::string(300, 'x'));
  hole.replace(100, 100, 100, '\0');
  EXPECT_EQ(said_of(one_ + hole + fragment(last, "its end")), "");
}

}  // namespace
}  // namespace nexus::store::embedded
