// Moments: how they are written, and what is read as one.

#include <gtest/gtest.h>
// After GoogleTest, which it needs and does not include.
#include <rapidcheck/gtest.h>

#include "domain/time.hpp"

namespace nexus::domain {
namespace {

std::optional<Time> read(std::string_view text) {
  return parse_time(text, DayEdge::start);
}

TEST(TimeTest, it_is_written_in_utc_with_milliseconds) {
  EXPECT_EQ(Time{0}.text(), "1970-01-01T00:00:00.000Z");
  EXPECT_EQ(Time{1'773'324'000'000}.text(), "2026-03-12T14:00:00.000Z");
  EXPECT_EQ(Time{951'782'400'007}.text(), "2000-02-29T00:00:00.007Z");
  EXPECT_EQ(Time{-1}.text(), "1969-12-31T23:59:59.999Z");
  EXPECT_EQ(Time{253'402'300'799'999}.text(), "9999-12-31T23:59:59.999Z");
}

TEST(TimeTest, what_rfc_3339_allows_is_read) {
  const Time expected{1'773'324'000'000};
  for (const auto* text :
       {"2026-03-12T14:00:00Z", "2026-03-12T14:00:00.000Z", "2026-03-12t14:00:00z", "2026-03-12T14:00:00.0Z",
        "2026-03-12T14:00:00.000999999Z", "2026-03-12T15:00:00+01:00", "2026-03-12T08:30:00-05:30",
        "2026-03-13T13:59:00+23:59", "2026-03-12T14:00:00-00:00"}) {
    EXPECT_EQ(read(text), expected) << text;
  }
  EXPECT_EQ(read("2026-03-12T14:00:00.5Z"), expected.plus_ms(500));
  EXPECT_EQ(read("2026-03-12T14:00:00.05Z"), expected.plus_ms(50));
  EXPECT_EQ(read("2026-03-12T14:00:00.0059Z"), expected.plus_ms(5));
}

TEST(TimeTest, a_bare_date_is_an_edge_of_its_day) {
  EXPECT_EQ(parse_time("2026-03-12", DayEdge::start)->text(), "2026-03-12T00:00:00.000Z");
  EXPECT_EQ(parse_time("2026-03-12", DayEdge::end)->text(), "2026-03-12T23:59:59.999Z");
  EXPECT_EQ(parse_time("2026-03-12T14:00:00Z", DayEdge::end)->text(), "2026-03-12T14:00:00.000Z");
}

TEST(TimeTest, the_calendar_is_kept) {
  EXPECT_TRUE(read("2024-02-29"));
  EXPECT_TRUE(read("2000-02-29"));
  EXPECT_TRUE(read("0000-01-01"));
  for (const auto* text :
       {"2026-02-29", "1900-02-29", "2026-04-31", "2026-00-10", "2026-13-10", "2026-01-00", "2026-01-32"}) {
    EXPECT_FALSE(read(text)) << text;
  }
}

TEST(TimeTest, everything_else_is_refused) {
  for (const auto* text : {"",
                           "2026",
                           "2026-03",
                           "2026-3-12",
                           "26-03-12",
                           "12026-03-12",
                           "2026/03/12",
                           "2026-03-12 14:00:00Z",
                           "2026-03-12T",
                           "2026-03-12T14:00Z",
                           "2026-03-12T14:00:00",
                           "2026-03-12T24:00:00Z",
                           "2026-03-12T14:60:00Z",
                           "2026-03-12T14:00:60Z",
                           "2026-03-12T14:00:00.Z",
                           "2026-03-12T14:00:00.0000000000Z",
                           "2026-03-12T14:00:00,5Z",
                           "2026-03-12T14:00:00+24:00",
                           "2026-03-12T14:00:00+01:60",
                           "2026-03-12T14:00:00+0100",
                           "2026-03-12T14:00:00+01",
                           "2026-03-12T14:00:00ZZ",
                           "2026-03-12T14:00:00Z ",
                           " 2026-03-12",
                           "2026-03-12Z",
                           "+2026-03-12",
                           "-2026-03-12",
                           "1773324000",
                           "today"}) {
    EXPECT_FALSE(read(text)) << text;
  }
}

TEST(TimeTest, a_null_byte_is_not_the_end) {
  EXPECT_FALSE(read(std::string_view("2026-03-12\0", 11)));
}

RC_GTEST_PROP(TimeTest, what_is_written_reads_back, ()) {
  // From year 0 to year 9999.
  const Time time{*rc::gen::inRange<std::int64_t>(-62'167'219'200'000, 253'402'300'800'000)};
  RC_ASSERT(read(time.text()) == time);
}

RC_GTEST_PROP(TimeTest, texts_sort_as_the_moments_do, ()) {
  const auto moment = rc::gen::inRange<std::int64_t>(-62'167'219'200'000, 253'402'300'800'000);
  const Time a{*moment};
  const Time b{*moment};
  RC_ASSERT((a < b) == (a.text() < b.text()));
}

RC_GTEST_PROP(TimeTest, no_bytes_do_harm, (const std::string& text)) {
  const auto time = read(text);
  RC_ASSERT(!time || text.size() >= 10);
}

}  // namespace
}  // namespace nexus::domain
