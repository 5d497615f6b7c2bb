// Write-ahead files are as long as their room, so that short records do not make them grow.

#include "store/embedded/preallocated_log.hpp"

#include <filesystem>
#include <fstream>
#include <iterator>
#include <memory>
#include <string>

#include <gtest/gtest.h>

#include "faulty_file_system.hpp"
#include "store/embedded/rocks_environment.hpp"
#include "support/temporary_folder.hpp"

namespace nexus::store::embedded {
namespace {

class PreallocatedLogTest : public ::testing::Test {
 protected:
  void SetUp() override {
    std::unique_ptr<rocksdb::FSWritableFile> plain;
    ASSERT_TRUE(system_->NewWritableFile(path_.string(), rocksdb::FileOptions(), &plain, nullptr).ok());
    file_ = std::make_unique<PreallocatedLog>(std::move(plain));
  }
  rocksdb::IOStatus append(const std::string& bytes) {
    written_ += bytes;
    return file_->Append(rocksdb::Slice(bytes), {}, nullptr);
  }
  std::size_t size_on_disk() const { return std::filesystem::file_size(path_); }
  std::string on_disk() const {
    std::ifstream in(path_, std::ios::binary);
    return {std::istreambuf_iterator<char>(in), {}};
  }

  test::TemporaryFolder folder_;
  std::filesystem::path path_ = folder_.path() / "000007.log";
  std::shared_ptr<test::FaultyFileSystem> system_ = std::make_shared<test::FaultyFileSystem>();
  std::unique_ptr<PreallocatedLog> file_;
  std::string written_;
};

TEST_F(PreallocatedLogTest, many_short_records_in_a_row_leave_the_file_as_long_as_it_was) {
  ASSERT_TRUE(append("the first record").ok());
  const auto size = size_on_disk();
  EXPECT_GT(size, 100'000);
  for (int i = 0; i < 1000; ++i) ASSERT_TRUE(append("another record").ok());
  EXPECT_EQ(size_on_disk(), size);
  EXPECT_EQ(on_disk(), written_ + std::string(size - written_.size(), '\0'));
  EXPECT_EQ(file_->GetFileSize({}, nullptr), written_.size());
}

TEST_F(PreallocatedLogTest, used_up_room_is_followed_by_more) {
  for (int i = 0; i < 40; ++i) ASSERT_TRUE(append(std::string(20'000, 'x')).ok());
  EXPECT_GT(size_on_disk(), written_.size());
  EXPECT_EQ(on_disk(), written_ + std::string(size_on_disk() - written_.size(), '\0'));
}

TEST_F(PreallocatedLogTest, a_long_record_makes_none) {
  ASSERT_TRUE(append(std::string(1 << 20, 'x')).ok());
  EXPECT_EQ(size_on_disk(), written_.size());
}

TEST_F(PreallocatedLogTest, a_closed_file_ends_with_its_last_record) {
  ASSERT_TRUE(append("one").ok());
  ASSERT_TRUE(append("two").ok());
  ASSERT_TRUE(file_->Close({}, nullptr).ok());
  EXPECT_EQ(on_disk(), written_);
}

// A file that can be appended to and nothing else, as where no space is left for room.
class PlainFile final : public rocksdb::FSWritableFileOwnerWrapper {
 public:
  using FSWritableFileOwnerWrapper::FSWritableFileOwnerWrapper;
  rocksdb::IOStatus PositionedAppend(const rocksdb::Slice& /*data*/, std::uint64_t /*offset*/,
                                     const rocksdb::IOOptions& /*options*/,
                                     rocksdb::IODebugContext* /*context*/) override {
    return rocksdb::IOStatus::NoSpace("the disk is full");
  }
};

TEST_F(PreallocatedLogTest, records_go_on_where_there_is_no_space_for_room) {
  std::unique_ptr<rocksdb::FSWritableFile> plain;
  ASSERT_TRUE(system_->NewWritableFile(path_.string(), rocksdb::FileOptions(), &plain, nullptr).ok());
  file_ = std::make_unique<PreallocatedLog>(std::make_unique<PlainFile>(std::move(plain)));
  for (int i = 0; i < 3; ++i) ASSERT_TRUE(append("a record").ok());
  EXPECT_EQ(on_disk(), written_);
  ASSERT_TRUE(file_->Close({}, nullptr).ok());
  EXPECT_EQ(on_disk(), written_);
}

TEST_F(PreallocatedLogTest, whoever_copies_a_log_that_is_written_is_told_its_size_without_the_room) {
  RocksEnvironment environment(*rocksdb::Env::Default(), std::make_shared<StopWatcher>());
  const auto& files = environment.GetFileSystem();
  const auto told = [&] {
    std::uint64_t size = 0;
    EXPECT_TRUE(files->GetFileSize(path_.string(), {}, &size, nullptr).ok());
    std::uint64_t same = 0;
    EXPECT_TRUE(environment.GetFileSize(path_.string(), &same).ok());
    EXPECT_EQ(same, size);
    return size;
  };
  std::unique_ptr<rocksdb::FSWritableFile> log;
  ASSERT_TRUE(files->NewWritableFile(path_.string(), rocksdb::FileOptions(), &log, nullptr).ok());
  ASSERT_TRUE(log->Append(rocksdb::Slice("a record"), {}, nullptr).ok());
  EXPECT_GT(size_on_disk(), 8U);
  EXPECT_EQ(told(), 8U);
  ASSERT_TRUE(log->Close({}, nullptr).ok());
  log.reset();
  EXPECT_EQ(told(), 8U);
}

}  // namespace
}  // namespace nexus::store::embedded
