// What is written to the log is read back as it was, and bytes that are no events are told from it.

#include "store/embedded/event_codec.hpp"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include "generators.hpp"
#include "store/embedded/commit_log.hpp"

namespace nexus::store::embedded {
namespace {

std::string group_of(const std::vector<domain::Commit>& commits) {
  std::string bytes;
  begin_group(bytes);
  for (const auto& commit : commits) encode(commit, bytes);
  seal_group(bytes);
  return bytes;
}

// Two commits are the same when they are written the same: the form has one way to write each.
std::string written(const domain::Commit& commit) {
  std::string bytes;
  encode(commit, bytes);
  return bytes;
}

RC_GTEST_PROP(EventCodecTest, a_commit_reads_back_as_it_was_written, ()) {
  const auto commit = *test::any_commit();
  const auto bytes = written(commit);
  ByteReader reader(bytes);
  const auto decoded = decode_commit(reader);
  RC_ASSERT(reader.ok());
  RC_ASSERT(reader.is_at_end());
  RC_ASSERT(decoded.commit.tenant == commit.tenant);
  RC_ASSERT(decoded.commit.at == commit.at);
  RC_ASSERT(decoded.commit.actor == commit.actor);
  RC_ASSERT(decoded.commit.sequence == commit.sequence);
  RC_ASSERT(decoded.commit.events.size() == commit.events.size());
  for (std::size_t i = 0; i < commit.events.size(); ++i) {
    RC_ASSERT(decoded.commit.events[i].index() == commit.events[i].index());
  }
  RC_ASSERT(written(decoded.commit) == bytes);
}

RC_GTEST_PROP(EventCodecTest, the_places_of_events_are_where_they_decode, ()) {
  const auto commit = *test::any_commit();
  std::string bytes = "something before";
  const auto places = encode(commit, bytes);
  ByteReader header(std::string_view(bytes).substr(places.offset));
  RC_ASSERT(decode_header(header).sequence == commit.sequence);
  for (std::size_t i = 0; i < commit.events.size(); ++i) {
    ByteReader reader(std::string_view(bytes).substr(places.event_offsets[i]));
    RC_ASSERT(decode_event(reader).index() == commit.events[i].index());
    RC_ASSERT(reader.ok());
  }
}

RC_GTEST_PROP(EventCodecTest, any_bytes_are_decoded_or_refused, (const std::string& bytes)) {
  ByteReader reader(bytes);
  decode_commit(reader);
  ByteReader event(bytes);
  decode_event(event);
  RC_ASSERT(!decode_group(bytes));
}

RC_GTEST_PROP(EventCodecTest, a_commit_with_one_byte_changed_is_decoded_or_refused, ()) {
  auto bytes = written(*test::any_commit());
  bytes[*rc::gen::inRange<std::size_t>(0, bytes.size())] = *rc::gen::arbitrary<char>();
  ByteReader reader(bytes);
  decode_commit(reader);
}

RC_GTEST_PROP(EventCodecTest, a_group_that_is_cut_or_changed_anywhere_is_refused, ()) {
  const auto bytes = group_of({*test::any_commit(), *test::any_commit()});
  RC_ASSERT(decode_group(bytes).has_value());
  for (std::size_t i = 0; i < bytes.size(); ++i) {
    RC_ASSERT(!decode_group(std::string_view(bytes).substr(0, i)));
    auto changed = bytes;
    changed[i] = static_cast<char>(changed[i] ^ (1 << (i % 8)));
    RC_ASSERT(!decode_group(changed));
  }
  RC_ASSERT(!decode_group(bytes + '\0'));
}

// The form is kept for ever: what a release wrote, every later one reads.
TEST(EventCodecTest, an_adjustment_is_written_as_it_always_was) {
  const domain::Commit commit{.tenant = {{.high = 1, .low = 2}},
                              .at = domain::Time{1000},
                              .actor = "ada",
                              .sequence = 7,
                              .events = {domain::StockAdjusted{.sku = "A",
                                                               .warehouse = 3,
                                                               .before = 5,
                                                               .after = 12,
                                                               .version = 4,
                                                               .reason = "order_shipped",
                                                               .note = "n"}}};
  const std::string expected(
      "\1\0\0\0\0\0\0\0\2\0\0\0\0\0\0\0"
      "\xd0\x0f"
      "\3ada"
      "\7\1"
      "\x09\1A\3\x0a\x18\4\3\1\1n",
      35);
  EXPECT_EQ(written(commit), expected);
}

TEST(EventCodecTest, numbers_that_no_rule_allows_are_refused) {
  std::string bytes;
  {
    ByteWriter writer(bytes);
    writer.byte(10);  // reserved_reported
    writer.text("A");
    writer.varint(0);
    writer.signed_varint(domain::quantity_max + 1);
  }
  ByteReader reader(bytes);
  decode_event(reader);
  EXPECT_FALSE(reader.ok());
}

TEST(ByteWriterTest, a_string_that_grows_by_many_writers_has_at_most_twice_its_room) {
  std::string bytes;
  for (int commit = 0; commit < 500; ++commit) {
    ByteWriter(bytes).text("seventy-seven bytes are about what a PUT of one quantity takes in a log's group");
    ASSERT_LE(bytes.capacity(), 2 * bytes.size() + 512) << "after " << bytes.size();
  }
}

TEST(ByteReaderTest, a_varint_beyond_64_bits_is_refused) {
  const std::string largest("\xff\xff\xff\xff\xff\xff\xff\xff\xff\x01");
  ByteReader fits(largest);
  EXPECT_EQ(fits.varint(), ~0ULL);
  EXPECT_TRUE(fits.ok());
  const std::string beyond("\xff\xff\xff\xff\xff\xff\xff\xff\xff\x02");
  ByteReader does_not(beyond);
  does_not.varint();
  EXPECT_FALSE(does_not.ok());
}

TEST(ByteReaderTest, a_count_that_the_bytes_cannot_hold_is_refused) {
  const std::string bytes("\xff\xff\xff\x7fxyz");
  ByteReader reader(bytes);
  EXPECT_EQ(reader.count(), 0U);
  EXPECT_FALSE(reader.ok());
}

}  // namespace
}  // namespace nexus::store::embedded
