// Damaged files are refused with file and place, or found by verify; never is something else served.

#include <fstream>
#include <functional>
#include <iterator>
#include <stdexcept>

#include <gtest/gtest.h>

#include "faulty_file_system.hpp"
#include "shop.hpp"
#include "store/embedded/fault_settings.hpp"
#include "support/case_stride.hpp"
#include "support/temporary_folder.hpp"

namespace nexus::test {
namespace {

namespace fs = std::filesystem;

std::string read_file(const fs::path& path) {
  std::ifstream in(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(in), {}};
}

void write_file(const fs::path& path, const std::string& bytes) {
  std::ofstream(path, std::ios::binary | std::ios::trunc) << bytes;
}

std::vector<fs::path> files_of(const fs::path& store, const std::string& extension) {
  std::vector<fs::path> found;
  for (const auto& entry : fs::directory_iterator(store / "db")) {
    if (entry.path().extension() == extension) found.push_back(entry.path());
  }
  return found;
}

// The write-ahead file that has something in it.
fs::path log_of(const fs::path& store) {
  for (const auto& path : files_of(store, ".log")) {
    if (fs::file_size(path) > 0) return path;
  }
  throw std::runtime_error("there is no log");
}

// A write-ahead file as it is: what was written, and room of zeros behind it.
struct Log {
  std::string name;
  std::string bytes;
  std::size_t written;

  explicit Log(const fs::path& store)
      : name(log_of(store).filename().string()),
        bytes(read_file(log_of(store))),
        written(bytes.find_last_not_of('\0') + 1) {}

  // Cut off behind `size` bytes, with the room or without.
  std::string cut(std::size_t size, bool has_room) const {
    auto cut = bytes.substr(0, size);
    if (has_room) cut.resize(bytes.size());
    return cut;
  }
};

class DamageTest : public ::testing::Test {
 protected:
  static constexpr std::int64_t steps = 7;

  // A store that was killed with all of its steps in the log alone.
  void leave_in_log() {
    Shop shop(folder_.path() / "live", {.checkpoint_events = 1'000'000});
    for (std::int64_t step = 1; step <= steps; ++step) ASSERT_TRUE(shop.do_step(step));
    copy_store(folder_.path() / "live", original_);
  }

  // A store that was closed, with everything in sorted files.
  void leave_in_files() {
    {
      Shop shop(original_);
      for (std::int64_t step = 1; step <= steps; ++step) ASSERT_TRUE(shop.do_step(step));
    }
  }

  // What opening says, with `harm` done to a copy; empty when it opens, with all of its steps, and verifies.
  std::string outcome(const std::function<void(const fs::path&)>& harm) {
    const auto copy = folder_.path() / "copy";
    copy_store(original_, copy);
    harm(copy);
    try {
      Shop shop(copy, {.environment = quick_environment()});
      if (shop.steps() != steps) return "WRONG: " + std::to_string(shop.steps()) + " steps are served";
      return shop.audit();
    } catch (const std::runtime_error& refusal) {
      return refusal.what();
    }
  }

  TemporaryFolder folder_;
  fs::path original_ = folder_.path() / "original";
};

TEST_F(DamageTest, a_flipped_bit_anywhere_in_the_log_is_refused_with_its_place) {
  leave_in_log();
  const Log log(original_);
  for (std::size_t i = 0; i < log.written; i += 5 * case_stride()) {
    const auto said = outcome([&](const fs::path& copy) {
      auto changed = log.bytes;
      changed[i] = static_cast<char>(changed[i] ^ (1 << (i % 8)));
      write_file(copy / "db" / log.name, changed);
    });
    EXPECT_FALSE(said.empty() || said.starts_with("WRONG")) << "byte " << i << ": " << said;
    EXPECT_NE(said.find((folder_.path() / "copy").string()), std::string::npos) << said;
  }
}

TEST_F(DamageTest, a_zeroed_sector_anywhere_in_the_log_is_refused) {
  leave_in_log();
  const Log log(original_);
  for (std::size_t begin = 0; begin < log.written; begin += 512) {
    const auto said = outcome([&](const fs::path& copy) {
      auto changed = log.bytes;
      const auto size = std::min<std::size_t>(512, log.bytes.size() - begin);
      changed.replace(begin, size, size, '\0');
      write_file(copy / "db" / log.name, changed);
    });
    EXPECT_FALSE(said.empty() || said.starts_with("WRONG")) << "sector at " << begin << ": " << said;
  }
}

TEST_F(DamageTest, a_flipped_bit_in_the_room_behind_the_log_does_no_harm) {
  leave_in_log();
  const Log log(original_);
  ASSERT_GT(log.bytes.size(), log.written);
  for (std::size_t i = log.written; i < log.bytes.size(); i = 2 * i - log.written + 1) {
    const auto said = outcome([&](const fs::path& copy) {
      auto changed = log.bytes;
      changed[i] = static_cast<char>(changed[i] ^ (1 << (i % 8)));
      write_file(copy / "db" / log.name, changed);
    });
    EXPECT_EQ(said, "") << "byte " << i;
  }
}

// The control: the tests above do find what is wrong when it is served.
TEST_F(DamageTest, a_flipped_bit_is_served_as_a_shorter_store_when_checksums_are_not_checked) {
  leave_in_log();
  const Log log(original_);
  bool is_wrong = false;
  store::embedded::break_promise(store::embedded::Promise::checksums);
  for (std::size_t i = log.written / 2; i < log.written && !is_wrong; i += 97) {
    const auto said = outcome([&](const fs::path& copy) {
      auto changed = log.bytes;
      changed[i] = static_cast<char>(changed[i] ^ 1);
      write_file(copy / "db" / log.name, changed);
    });
    is_wrong = said.starts_with("WRONG");
  }
  store::embedded::break_promise(store::embedded::Promise::none);
  EXPECT_TRUE(is_wrong);
}

TEST_F(DamageTest, a_log_that_lost_what_was_acknowledged_is_refused) {
  leave_in_log();
  const Log log(original_);
  for (std::size_t cut = 1; cut < 200; cut += 3 * case_stride()) {
    const auto said = outcome([&](const fs::path& copy) {
      write_file(copy / "db" / log.name, log.cut(log.written - cut, cut % 2 == 0));
    });
    EXPECT_NE(said.find("was acknowledged"), std::string::npos) << said;
  }
}

// As above, but the last write was not acknowledged: then its end may be torn anywhere.
TEST_F(DamageTest, a_log_cut_at_every_byte_of_its_tail_recovers) {
  const auto live = folder_.path() / "live";
  Shop shop(live, {.checkpoint_events = 1'000'000});
  for (std::int64_t step = 1; step < steps; ++step) ASSERT_TRUE(shop.do_step(step));
  copy_store(live, original_);
  const auto before = Log(original_).written;
  ASSERT_TRUE(shop.do_step(steps));
  const Log log(live);
  ASSERT_GT(log.written, before);
  for (auto size = before; size < log.written; size += case_stride()) {
    const auto copy = folder_.path() / "copy";
    copy_store(original_, copy);
    write_file(copy / "db" / log.name, log.cut(size, size % 2 == 0));
    Shop cut(copy, {.environment = quick_environment()});
    EXPECT_EQ(cut.steps(), steps - 1) << "cut to " << size;
    EXPECT_EQ(cut.audit(), "") << "cut to " << size;
  }
}

TEST_F(DamageTest, a_flipped_bit_in_a_sorted_file_is_refused_or_found_by_verify) {
  leave_in_files();
  for (const auto& path : files_of(original_, ".sst")) {
    const auto bytes = read_file(path);
    for (std::size_t i = 0; i < bytes.size(); i += (1 + bytes.size() / 40) * case_stride()) {
      const auto said = outcome([&](const fs::path& copy) {
        auto changed = bytes;
        changed[i] = static_cast<char>(changed[i] ^ (1 << (i % 8)));
        write_file(copy / "db" / path.filename(), changed);
      });
      EXPECT_FALSE(said.empty() || said.starts_with("WRONG")) << path << " byte " << i << ": " << said;
      // RocksDB does not say which file has an impossible sequence number in its properties.
      const bool is_named = said.find(path.filename().string()) != std::string::npos;
      EXPECT_TRUE(is_named || said.find("global seqno") != std::string::npos) << said;
    }
  }
}

TEST_F(DamageTest, a_missing_file_is_refused_by_name) {
  leave_in_files();
  for (const auto& path : files_of(original_, ".sst")) {
    const auto said = outcome([&](const fs::path& copy) { fs::remove(copy / "db" / path.filename()); });
    // RocksDB looks for it under its older extension last, and tells of that one.
    EXPECT_NE(said.find(path.stem().string() + ".ldb"), std::string::npos) << said;
  }
}

TEST_F(DamageTest, a_store_is_not_made_where_none_may_be) {
  const ManualClock clock;
  const auto opened =
      store::open_embedded_store({.directory = folder_.path() / "none", .create_if_missing = false}, clock);
  ASSERT_FALSE(opened);
  EXPECT_EQ(opened.error().code, domain::ErrorCode::unavailable);
  EXPECT_NE(opened.error().message.find("there is no store in"), std::string::npos);
  EXPECT_FALSE(fs::exists(folder_.path() / "none"));
}

}  // namespace
}  // namespace nexus::test
