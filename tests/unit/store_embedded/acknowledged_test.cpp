// The note of how far the log was acknowledged is read back, and a damaged one is refused.

#include "store/embedded/acknowledged.hpp"

#include <fstream>
#include <iterator>

#include <gtest/gtest.h>

#include "support/temporary_folder.hpp"

namespace nexus::store::embedded {
namespace {

class AcknowledgedTest : public ::testing::Test {
 protected:
  void overwrite(const std::string& bytes) {
    std::ofstream(folder_.path() / "acknowledged", std::ios::binary | std::ios::trunc) << bytes;
  }
  test::TemporaryFolder folder_;
  Files files_{rocksdb::FileSystem::Default()};
};

TEST_F(AcknowledgedTest, there_is_none_at_first) {
  EXPECT_EQ(AcknowledgedNote::read(files_, folder_.path()).value(), std::nullopt);
}

TEST_F(AcknowledgedTest, the_last_one_counts) {
  {
    auto note = AcknowledgedNote::open(files_, folder_.path(), 7).value();
    EXPECT_EQ(AcknowledgedNote::read(files_, folder_.path()).value(), 7U);
    note.write(8);
    note.write(900);
  }
  EXPECT_EQ(AcknowledgedNote::read(files_, folder_.path()).value(), 900U);
}

TEST_F(AcknowledgedTest, one_that_a_power_cut_left_blank_says_nothing) {
  overwrite("");
  EXPECT_EQ(AcknowledgedNote::read(files_, folder_.path()).value(), std::nullopt);
  overwrite(std::string(12, '\0'));
  EXPECT_EQ(AcknowledgedNote::read(files_, folder_.path()).value(), std::nullopt);
}

TEST_F(AcknowledgedTest, a_flipped_bit_is_refused_with_file_and_place) {
  { AcknowledgedNote::open(files_, folder_.path(), 123).value(); }
  std::ifstream in(folder_.path() / "acknowledged", std::ios::binary);
  const std::string bytes{std::istreambuf_iterator<char>(in), {}};
  ASSERT_EQ(bytes.size(), 12U);
  for (std::size_t i = 0; i < bytes.size(); ++i) {
    auto changed = bytes;
    changed[i] = static_cast<char>(changed[i] ^ 4);
    overwrite(changed);
    const auto read = AcknowledgedNote::read(files_, folder_.path());
    ASSERT_FALSE(read) << i;
    EXPECT_NE(read.error().message.find("acknowledged is damaged"), std::string::npos);
  }
}

}  // namespace
}  // namespace nexus::store::embedded
