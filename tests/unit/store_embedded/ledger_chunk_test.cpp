// Lines of the ledger that were put into one value come out as they went in, and nothing else is taken for
// them.

#include "store/embedded/ledger_chunk.hpp"

#include <limits>
#include <vector>

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

namespace nexus::store::embedded {
namespace {

struct Line {
  std::uint64_t sequence = 0;
  std::int64_t at = 0;
  std::string actor;
  AdjustedView adjusted;
};

std::string chunk_of(const std::vector<Line>& lines) {
  LedgerChunkWriter writer;
  for (const auto& line : lines) {
    writer.add(line.sequence, {.at = domain::Time{line.at}, .actor = line.actor}, line.adjusted);
  }
  return std::string(writer.finish());
}

std::vector<Adjustment> lines_of(std::uint64_t oldest, std::string_view bytes, bool& is_whole) {
  LedgerChunkReader reader(oldest, bytes);
  std::vector<Adjustment> lines;
  while (const auto line = reader.next()) lines.push_back(*line);
  is_whole = reader.is_whole();
  return lines;
}

// Newest first, of few actors, as a window has them.
std::vector<Line> any_lines() {
  const auto count = *rc::gen::inRange<std::size_t>(1, 20);
  std::vector<Line> lines;
  auto sequence = *rc::gen::inRange<std::uint64_t>(1'000'000, 1ULL << 50);
  auto at = *rc::gen::arbitrary<std::int64_t>();
  for (std::size_t i = 0; i < count; ++i) {
    lines.push_back({.sequence = sequence,
                     .at = at,
                     .actor = *rc::gen::element<std::string>("", "ada", "erp"),
                     .adjusted = {.warehouse = *rc::gen::inRange<domain::WarehouseNumber>(0, 3),
                                  .before = *rc::gen::arbitrary<domain::Quantity>(),
                                  .after = *rc::gen::arbitrary<domain::Quantity>(),
                                  .version = *rc::gen::arbitrary<std::uint64_t>(),
                                  .reason = *rc::gen::element<std::string_view>("cycle_count", "our own"),
                                  .note = *rc::gen::element(std::optional<std::string_view>(),
                                                            std::optional<std::string_view>("a note"))}});
    sequence -= *rc::gen::inRange<std::uint64_t>(1, 1000);
    at = *rc::gen::element(at, at / 2, *rc::gen::arbitrary<std::int64_t>());
  }
  return lines;
}

RC_GTEST_PROP(LedgerChunkTest, lines_read_back_newest_first, ()) {
  const auto lines = any_lines();
  const auto bytes = chunk_of(lines);
  bool is_whole = false;
  const auto back = lines_of(lines.back().sequence, bytes, is_whole);
  RC_ASSERT(is_whole);
  RC_ASSERT(back.size() == lines.size());
  for (std::size_t i = 0; i < lines.size(); ++i) {
    RC_ASSERT(back[i].sequence == lines[i].sequence);
    RC_ASSERT(back[i].at.ms == lines[i].at);
    RC_ASSERT(back[i].created_by == lines[i].actor);
    RC_ASSERT(back[i].warehouse == lines[i].adjusted.warehouse);
    RC_ASSERT(back[i].before == lines[i].adjusted.before);
    RC_ASSERT(back[i].after == lines[i].adjusted.after);
    RC_ASSERT(back[i].version == lines[i].adjusted.version);
    RC_ASSERT(back[i].reason == lines[i].adjusted.reason);
    RC_ASSERT(back[i].note == lines[i].adjusted.note);
  }
}

RC_GTEST_PROP(LedgerChunkTest, a_chunk_that_is_cut_short_or_goes_on_is_not_whole, ()) {
  const auto lines = any_lines();
  const auto oldest = lines.back().sequence;
  const auto bytes = chunk_of(lines);
  bool is_whole = true;
  for (std::size_t size = 0; size < bytes.size(); ++size) {
    lines_of(oldest, std::string_view(bytes).substr(0, size), is_whole);
    RC_ASSERT(!is_whole);
  }
  lines_of(oldest, bytes + "x", is_whole);
  RC_ASSERT(!is_whole);
}

RC_GTEST_PROP(LedgerChunkTest, any_bytes_are_lines_or_not, (std::uint64_t oldest, std::string bytes)) {
  if (!bytes.empty() && *rc::gen::arbitrary<bool>()) bytes[0] = 1;
  bool is_whole = false;
  auto last = std::numeric_limits<std::uint64_t>::max();
  bool is_first = true;
  for (const auto& line : lines_of(oldest, bytes, is_whole)) {
    RC_ASSERT(line.sequence >= oldest);
    RC_ASSERT(is_first || line.sequence < last);
    last = line.sequence;
    is_first = false;
  }
}

TEST(LedgerChunkTest, two_lines_of_one_sequence_are_no_chunk) {
  const std::string first("\2\3ada\0\12\14\5\1\0", 11);
  const std::string same_again("\0\0\0\0\10\12\4\1\0", 9);
  bool is_whole = true;
  EXPECT_EQ(lines_of(7, std::string("\1\0", 2) + first + same_again, is_whole).size(), 1U);
  EXPECT_FALSE(is_whole);
  const std::string one_older = "\1" + same_again.substr(1);
  EXPECT_EQ(lines_of(7, std::string("\1\1", 2) + first + one_older, is_whole).size(), 2U);
  EXPECT_TRUE(is_whole);
}

TEST(LedgerChunkTest, no_lines_are_no_chunk) {
  bool is_whole = true;
  EXPECT_TRUE(lines_of(0, "", is_whole).empty());
  EXPECT_FALSE(is_whole);
  EXPECT_TRUE(lines_of(0, std::string_view("\1\0", 2), is_whole).empty());
  EXPECT_FALSE(is_whole);
}

TEST(LedgerChunkTest, a_writer_begins_anew_and_says_when_it_has_enough) {
  LedgerChunkWriter writer;
  EXPECT_TRUE(writer.is_empty());
  std::uint64_t sequence = 1000;
  while (!writer.is_full())
    writer.add(--sequence, {.at = domain::Time{1}, .actor = "ada"}, {.reason = "ours"});
  EXPECT_GT(sequence, 500U);
  EXPECT_EQ(writer.oldest(), sequence);
  bool is_whole = false;
  EXPECT_EQ(lines_of(sequence, writer.finish(), is_whole).size(), 1000 - sequence);
  EXPECT_TRUE(is_whole);
  EXPECT_TRUE(writer.is_empty());
  writer.add(7, {.at = domain::Time{1}, .actor = "ada"}, {.reason = "ours"});
  const auto again = lines_of(7, writer.finish(), is_whole);
  ASSERT_EQ(again.size(), 1U);
  EXPECT_TRUE(is_whole);
  EXPECT_EQ(again[0].created_by, "ada");
}

}  // namespace
}  // namespace nexus::store::embedded
