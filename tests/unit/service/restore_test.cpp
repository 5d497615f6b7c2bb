// Restore: a store appears whole, or not at all.

#include "service/host/restore.hpp"

#include <fstream>

#include <gtest/gtest.h>

#include "support/temporary_folder.hpp"

namespace nexus::service {
namespace {

namespace fs = std::filesystem;

void write_file(const fs::path& path, std::string_view text) {
  fs::create_directories(path.parent_path());
  std::ofstream(path) << text;
}

std::string read_file(const fs::path& path) {
  std::ifstream file(path);
  return {std::istreambuf_iterator<char>(file), {}};
}

domain::Result<void> can_be_opened(const fs::path& copy) {
  if (fs::exists(copy / "db" / "records")) return {};
  return domain::fail(domain::ErrorCode::unavailable, "no records");
}

struct RestoreTest : ::testing::Test {
  RestoreTest() {
    write_file(backup / "db" / "records", "1234567890");
    write_file(backup / "db" / "log" / "000001", "abc");
  }
  domain::Result<RestoreReport> restore(const fs::path& from, const fs::path& to) {
    return restore_backup(from, to, can_be_opened, {});
  }

  test::TemporaryFolder folder;
  fs::path backup = folder.path() / "backup";
  fs::path data = folder.path() / "data";
};

TEST_F(RestoreTest, everything_in_the_backup_is_copied) {
  const auto report = restore(backup, data);
  ASSERT_TRUE(report.has_value()) << report.error().message;
  EXPECT_EQ(report->files, 2U);
  EXPECT_EQ(report->bytes, 13U);
  EXPECT_EQ(read_file(data / "db" / "records"), "1234567890");
  EXPECT_EQ(read_file(data / "db" / "log" / "000001"), "abc");
  EXPECT_EQ(fs::status(data).permissions(), fs::perms::owner_all);
  EXPECT_TRUE(fs::exists(backup / "db" / "records"));
}

TEST_F(RestoreTest, an_empty_folder_and_a_slash_at_the_end_are_fine) {
  fs::create_directory(data);
  EXPECT_TRUE(restore(backup, data / "").has_value());
  EXPECT_EQ(read_file(data / "db" / "records"), "1234567890");
}

TEST_F(RestoreTest, a_store_is_never_written_over) {
  write_file(data / "mine", "precious");
  EXPECT_FALSE(restore(backup, data).has_value());
  EXPECT_EQ(read_file(data / "mine"), "precious");
  EXPECT_FALSE(fs::exists(data / "db"));
}

TEST_F(RestoreTest, what_cannot_be_opened_leaves_nothing_behind) {
  fs::remove(backup / "db" / "records");
  const auto report = restore(backup, data);
  ASSERT_FALSE(report.has_value());
  EXPECT_NE(report.error().message.find("no records"), std::string::npos);
  EXPECT_FALSE(fs::exists(data));
  EXPECT_FALSE(fs::exists(folder.path() / "data.restoring"));
}

TEST_F(RestoreTest, what_a_restore_that_was_cut_short_left_does_not_get_into_the_next) {
  write_file(folder.path() / "data.restoring" / "half", "half");
  ASSERT_TRUE(restore(backup, data).has_value());
  EXPECT_FALSE(fs::exists(data / "half"));
}

TEST_F(RestoreTest, a_backup_that_is_not_there_and_one_into_itself_are_refused) {
  EXPECT_FALSE(restore(folder.path() / "nothing", data).has_value());
  EXPECT_FALSE(restore(backup, backup / "inside").has_value());
  EXPECT_FALSE(fs::exists(data));
}

}  // namespace
}  // namespace nexus::service
