// One checksum, however it is computed: what RocksDB wrote by its own is read by ours, and the other way
// round.

#include "store/embedded/crc32c.hpp"

#include <string>

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

namespace nexus::store::embedded {

std::uint32_t rocksdbs_own(std::uint32_t crc, const char* data,
                           std::size_t size) __asm__("__real__ZN7rocksdb6crc32c6ExtendEjPKcm");
std::uint32_t in_its_place(std::uint32_t crc, const char* data,
                           std::size_t size) __asm__("__wrap__ZN7rocksdb6crc32c6ExtendEjPKcm");

namespace {

TEST(Crc32cTest, it_is_castagnolis) {
  EXPECT_EQ(crc32c("123456789"), 0xE3069283U);
  EXPECT_EQ(crc32c(""), 0U);
}

RC_GTEST_PROP(Crc32cTest, what_stands_in_rocksdbs_place_computes_what_rocksdb_does,
              (const std::string& first, const std::string& second)) {
  const auto begun = in_its_place(0, first.data(), first.size());
  RC_ASSERT(begun == rocksdbs_own(0, first.data(), first.size()));
  const auto ended = in_its_place(begun, second.data(), second.size());
  RC_ASSERT(ended == rocksdbs_own(begun, second.data(), second.size()));
  RC_ASSERT(ended == crc32c(first + second));
}

}  // namespace
}  // namespace nexus::store::embedded
