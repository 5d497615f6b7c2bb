// CSV as RFC 4180 has it, and what people's files make of it.

#include "service/csv.hpp"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include "unit/service/host_world.hpp"

namespace nexus::service {
namespace {

using test::source_of;

// One text a record: cells joined by '|', or "!" and the fault; in front of each the line it begins on.
std::vector<std::string> read_all(const std::string& text, std::size_t piece) {
  CsvReader reader(source_of(text, piece));
  std::vector<std::string> records;
  CsvRecord record;
  while (reader.next(record).value()) {
    std::string shown = std::to_string(record.line) + " ";
    if (!record.fault.empty()) {
      shown += "!" + std::string(record.fault);
    } else {
      for (std::size_t i = 0; i < record.cells.size(); ++i) shown += (i == 0 ? "" : "|") + record.cells[i];
    }
    records.push_back(shown);
  }
  EXPECT_EQ(reader.bytes_consumed(), text.size());
  return records;
}

struct Reading {
  std::string_view name;
  std::string text;
  std::vector<std::string> records;
};

class CsvReadingTest : public ::testing::TestWithParam<Reading> {};

TEST_P(CsvReadingTest, reads_the_same_however_it_arrives) {
  for (const std::size_t piece : {1U, 2U, 3U, 5U, 4096U}) {
    EXPECT_EQ(read_all(GetParam().text, piece), GetParam().records) << "in pieces of " << piece;
  }
}

constexpr const char* stray =
    "!has a quote inside an unquoted cell: quote the whole cell and double the quote";
constexpr const char* behind = "!has text behind a closing quote";
constexpr const char* unclosed = "!has a quote that is never closed";

INSTANTIATE_TEST_SUITE_P(
    Csv, CsvReadingTest,
    ::testing::Values(
        Reading{"plain", "a,b\nc,d\n", {"1 a|b", "2 c|d"}}, Reading{"no_last_line_end", "a,b", {"1 a|b"}},
        Reading{"crlf", "a,b\r\nc,d\r\n", {"1 a|b", "2 c|d"}}, Reading{"empty", "", {}},
        Reading{"empty_cells", ",\n,,\n", {"1 |", "2 ||"}}, Reading{"ends_in_comma", "a,", {"1 a|"}},
        Reading{"byte_order_mark", "\xEF\xBB\xBFsku\nA", {"1 sku", "2 A"}},
        Reading{"only_a_byte_order_mark", "\xEF\xBB\xBF", {}},
        Reading{"blank_lines", "\n\na\r\n\r\nb\n\n", {"3 a", "5 b"}},
        Reading{"quoted_blank_line_is_a_record", "\"\"\n", {"1 "}},
        Reading{"quoted", "\"a,b\",\"c\"\n", {"1 a,b|c"}},
        Reading{"doubled_quote", "\"a\"\"b\"\n", {"1 a\"b"}}, Reading{"only_quotes", "\"\"\"\"", {"1 \""}},
        Reading{"line_break_inside", "\"a\nb\r\nc\",d\ne", {"1 a\nb\r\nc|d", "4 e"}},
        Reading{"spaces_are_kept", " a , b \n", {"1  a | b "}}, Reading{"utf8", "ä,€\n", {"1 ä|€"}},
        Reading{"carriage_return_at_the_end", "a\r", {"1 a"}}),
    [](const auto& tested) { return std::string(tested.param.name); });

INSTANTIATE_TEST_SUITE_P(
    FaultyCsv, CsvReadingTest,
    ::testing::Values(
        Reading{"quote_in_a_plain_cell", "a\"b,c\nd\n", {std::string("1 ") + stray, "2 d"}},
        Reading{"text_behind_a_quote", "\"a\"b,c\nd\n", {std::string("1 ") + behind, "2 d"}},
        Reading{"an_unclosed_quote_costs_one_line",
                "a,b\n\"c,d\ne,f\ng,h\n",
                {"1 a|b", std::string("2 ") + unclosed, "3 e|f", "4 g|h"}},
        Reading{"an_unclosed_quote_on_the_last_line", "a\n\"b", {"1 a", std::string("2 ") + unclosed}},
        Reading{"a_lone_carriage_return",
                "a\rb\nc\n",
                {"1 !has a carriage return that does not end the line", "2 c"}}),
    [](const auto& tested) { return std::string(tested.param.name); });

TEST(CsvLimitsTest, a_record_beyond_64_KiB_is_left_out_and_the_rest_is_read) {
  const std::string fits(csv_record_bytes_max - 1, 'x');
  const std::string too_long(csv_record_bytes_max + 1, 'x');
  for (const std::size_t piece : {1000U, 1'000'000U}) {
    const auto records = read_all(fits + "\n" + too_long + "\nb\n", piece);
    ASSERT_EQ(records.size(), 3U);
    EXPECT_EQ(records[0], "1 " + fits);
    EXPECT_TRUE(records[1].starts_with("2 !is longer than 65536 bytes")) << records[1].substr(0, 100);
    EXPECT_EQ(records[2], "3 b");
  }
}

TEST(CsvLimitsTest, a_quote_that_swallows_the_file_costs_one_line_however_long_the_file_is) {
  std::string text = "\"open\n";
  constexpr std::size_t lines = 50'000;
  for (std::size_t i = 0; i < lines; ++i) text += "a,b\n";
  const auto records = read_all(text, 8192);
  ASSERT_EQ(records.size(), lines + 1);
  EXPECT_TRUE(records[0].starts_with("1 !is longer than 65536 bytes"));
  EXPECT_EQ(records[1], "2 a|b");
  EXPECT_EQ(records.back(), std::to_string(lines + 1) + " a|b");
}

TEST(CsvLimitsTest, a_line_of_nothing_but_commas_is_left_out) {
  const auto records = read_all(std::string(csv_cells_max, ',') + "\nb\n", 512);
  EXPECT_EQ(records, (std::vector<std::string>{"1 !has more than 256 cells", "2 b"}));
}

TEST(CsvLimitsTest, a_source_that_fails_ends_the_reading) {
  CsvReader reader([](std::string&) -> domain::Result<bool> {
    return domain::fail(domain::ErrorCode::unavailable, "the disk is gone");
  });
  CsvRecord record;
  const auto read = reader.next(record);
  ASSERT_FALSE(read.has_value());
  EXPECT_EQ(read.error().message, "the disk is gone");
}

// Texts with everything in them that means something to a CSV file or to a spreadsheet.
rc::Gen<std::string> hostile_text() {
  return rc::gen::container<std::string>(rc::gen::elementOf(std::string("ab,\"\r\n'=+-@\t ")));
}

RC_GTEST_PROP(CsvPropertyTest, what_is_written_is_read, ()) {
  const auto cells = *rc::gen::nonEmpty(rc::gen::container<std::vector<std::string>>(hostile_text()));
  RC_PRE(cells.size() <= csv_cells_max && !(cells.size() == 1 && cells[0].empty()));
  std::string text;
  for (std::size_t i = 0; i < cells.size(); ++i) {
    if (i > 0) text += ',';
    append_csv_cell(text, cells[i]);
  }
  CsvReader reader(source_of(text + "\nlast\n", *rc::gen::inRange<std::size_t>(1, 40)));
  CsvRecord record;
  RC_ASSERT(reader.next(record).value());
  RC_ASSERT(record.fault.empty());
  RC_ASSERT(record.cells == cells);
  RC_ASSERT(reader.next(record).value());
  RC_ASSERT(record.cells == std::vector<std::string>{"last"});
}

RC_GTEST_PROP(CsvPropertyTest, whatever_is_read_ends_and_leaves_nothing_out, ()) {
  const auto text = *hostile_text();
  read_all(text, *rc::gen::inRange<std::size_t>(1, 9));
}

TEST(FormulaGuardTest, a_cell_that_a_spreadsheet_would_run_gets_an_apostrophe) {
  for (const std::string text : {"=1+1", "+49 30", "-minus", "@sum", "=", "'=x", "''-y"}) {
    EXPECT_EQ(guard_formula(text), "'" + text);
    EXPECT_EQ(unguard_formula("'" + text), text);
  }
  for (const std::string text : {"", "plain", "1=1", "'", "'tis", "''", " =x", "'a=b"}) {
    EXPECT_EQ(guard_formula(text), text);
    EXPECT_EQ(unguard_formula(text), text);
  }
}

RC_GTEST_PROP(FormulaGuardTest, every_text_comes_back_exactly, ()) {
  const auto text = *hostile_text();
  const auto guarded = guard_formula(text);
  RC_ASSERT(unguard_formula(guarded) == text);
  RC_ASSERT(guarded.empty() || std::string("=+-@").find(guarded.front()) == std::string::npos);
}

}  // namespace
}  // namespace nexus::service
