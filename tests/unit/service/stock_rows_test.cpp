// What the lines of an import say, in CSV and in NDJSON.

#include "service/host/stock_rows.hpp"

#include <gtest/gtest.h>

#include "unit/service/host_world.hpp"

namespace nexus::service {
namespace {

using domain::ImportRow;
using domain::Threshold;
using test::source_of;

std::vector<RowLine> read_all(RowFormat format, const std::string& text) {
  const auto reader = make_row_reader(format, source_of(text));
  std::vector<RowLine> lines;
  for (;;) {
    auto line = reader->next();
    EXPECT_TRUE(line.has_value()) << line.error().message;
    if (!line || !*line) return lines;
    lines.push_back(std::move(**line));
  }
}

std::string header_complaint(const std::string& text) {
  const auto line = make_row_reader(RowFormat::csv, source_of(text))->next();
  return line ? "no complaint" : line.error().message.substr(0, line.error().message.find(';'));
}

const ImportRow& row(const RowLine& line) {
  return std::get<ImportRow>(line.content);
}

// "line: why" of one bad line.
std::string complaint(RowFormat format, const std::string& text) {
  const auto lines = read_all(format, text);
  if (lines.size() != 1) return "there are " + std::to_string(lines.size()) + " lines";
  const auto* why = std::get_if<std::string>(&lines[0].content);
  return why == nullptr ? "it is good" : std::to_string(lines[0].line) + ": " + *why;
}

TEST(CsvRowsTest, columns_may_stand_in_any_order_and_be_left_out) {
  const auto lines = read_all(RowFormat::csv, "Quantity,SKU,warehouse\n5,A-1,Main\n");
  ASSERT_EQ(lines.size(), 1U);
  EXPECT_EQ(lines[0].line, 2U);
  EXPECT_EQ(row(lines[0]).sku, "A-1");
  EXPECT_EQ(row(lines[0]).warehouse, "Main");
  EXPECT_EQ(row(lines[0]).quantity, 5);
  EXPECT_EQ(row(lines[0]).title, std::nullopt);
  EXPECT_EQ(row(lines[0]).safety_stock, std::nullopt);
  EXPECT_EQ(row(lines[0]).low_threshold, std::nullopt);
}

TEST(CsvRowsTest, an_empty_cell_is_an_empty_title_or_a_default_threshold_and_else_says_nothing) {
  const auto lines =
      read_all(RowFormat::csv,
               "sku,title,safety_stock,low_threshold,critical_threshold,warehouse,quantity\nA,,,,0,,\n");
  ASSERT_EQ(lines.size(), 1U);
  EXPECT_EQ(row(lines[0]).title, "");
  EXPECT_EQ(row(lines[0]).safety_stock, std::nullopt);
  EXPECT_EQ(row(lines[0]).low_threshold, Threshold());
  EXPECT_EQ(row(lines[0]).critical_threshold, Threshold(0));
  EXPECT_EQ(row(lines[0]).warehouse, std::nullopt);
  EXPECT_EQ(row(lines[0]).quantity, std::nullopt);
}

TEST(CsvRowsTest, a_header_that_makes_no_sense_stops_the_import) {
  EXPECT_EQ(header_complaint(""), "the header is missing: the file is empty");
  EXPECT_EQ(header_complaint("title,quantity\n"), "the header has no column \"sku\"");
  EXPECT_EQ(header_complaint("sku,colour\n"), "the header has an unknown column \"colour\"");
  EXPECT_EQ(header_complaint("sku,sku\n"), "the header names the column \"sku\" twice");
  EXPECT_EQ(header_complaint("sku,\n"), "the header has an unknown column \"\"");
  EXPECT_EQ(header_complaint("\"sku\n"), "the header has a quote that is never closed");
  EXPECT_EQ(header_complaint(std::string("\xFF\xFEs\0k\0u\0", 8)),
            "the header is in UTF-16: save the file as UTF-8");
}

TEST(CsvRowsTest, a_bad_line_says_what_is_wrong_with_it) {
  const auto of = [](const std::string& cells) {
    return complaint(RowFormat::csv, "sku,safety_stock,warehouse,quantity\n" + cells + "\n");
  };
  EXPECT_EQ(of("A,1,Main,5"), "it is good");
  EXPECT_EQ(of("A,1,Main"), "2: has 3 cells where the header has 4");
  EXPECT_EQ(of("A,1,Main,5,6"), "2: has 5 cells where the header has 4");
  for (const std::string number :
       {"-1", "2.5", "5.0", "1e3", "x", " 5", "0x10", "1000000000001", "99999999999999999999"}) {
    EXPECT_EQ(of("A,1,Main," + number), "2: quantity must be an integer from 0 to 1000000000000") << number;
    EXPECT_EQ(of("A," + number + ",Main,1"), "2: safety_stock must be an integer from 0 to 1000000000000")
        << number;
  }
  EXPECT_EQ(of(",1,Main,5"), "2: sku must be 1 to 128 bytes long");
  EXPECT_EQ(of("bulk,1,Main,5").substr(0, 37), "2: sku must not be one of the words b");
  EXPECT_EQ(of("A\x01,1,Main,5"), "2: sku must not contain control characters");
  EXPECT_EQ(of("\xFF,1,Main,5"), "2: sku must be valid UTF-8");
  EXPECT_EQ(of("A,1,,5"), "2: quantity stands without a warehouse");
  EXPECT_EQ(of("A,1,Main,"), "2: warehouse stands without a quantity");
}

TEST(NdjsonRowsTest, each_line_is_an_object_with_the_columns_as_fields) {
  const auto lines =
      read_all(RowFormat::ndjson,
               "{\"sku\":\"A\",\"title\":\"T\\u00e4\",\"safety_stock\":1,\"low_threshold\":null,"
               "\"critical_threshold\":2,\"warehouse\":\"Main\",\"quantity\":5}\r\n"
               "\n{\"sku\":\"B\",\"warehouse\":null,\"quantity\":null}");
  ASSERT_EQ(lines.size(), 2U);
  EXPECT_EQ(lines[0].line, 1U);
  EXPECT_EQ(row(lines[0]).title, "Tä");
  EXPECT_EQ(row(lines[0]).safety_stock, 1);
  EXPECT_EQ(row(lines[0]).low_threshold, Threshold());
  EXPECT_EQ(row(lines[0]).critical_threshold, Threshold(2));
  EXPECT_EQ(row(lines[0]).quantity, 5);
  EXPECT_EQ(lines[1].line, 3U);
  EXPECT_EQ(row(lines[1]).sku, "B");
  EXPECT_EQ(row(lines[1]).low_threshold, std::nullopt);
  EXPECT_EQ(row(lines[1]).warehouse, std::nullopt);
}

TEST(NdjsonRowsTest, a_bad_line_says_what_is_wrong_with_it) {
  const auto of = [](const std::string& text) { return complaint(RowFormat::ndjson, text); };
  EXPECT_EQ(of("{\"sku\":\"A\"}"), "it is good");
  EXPECT_EQ(of("{\"sku\":"), "1: is not valid JSON");
  EXPECT_EQ(of("{\"sku\":\"A\"} {}"), "1: is not valid JSON");
  EXPECT_EQ(of("[1]"), "1: must be a JSON object");
  EXPECT_EQ(of("{}"), "1: sku must be 1 to 128 bytes long");
  EXPECT_EQ(of("{\"sku\":5}"), "1: sku must be a string");
  EXPECT_EQ(of("{\"sku\":\"A\",\"sku\":\"B\"}"), "1: gives the field \"sku\" twice");
  EXPECT_EQ(of("{\"sku\":\"A\",\"colour\":1}"), "1: unknown field \"colour\"");
  EXPECT_EQ(of("{\"sku\":\"A\",\"title\":null}"), "1: title must be a string");
  EXPECT_EQ(of("{\"sku\":\"\xFF\"}"), "1: is not valid JSON");
  for (const std::string number : {"-1", "2.5", "5.0", "1e3", "\"5\"", "true", "1000000000001"}) {
    EXPECT_EQ(of("{\"sku\":\"A\",\"warehouse\":\"Main\",\"quantity\":" + number + "}"),
              "1: quantity must be an integer from 0 to 1000000000000")
        << number;
  }
  EXPECT_EQ(of("{\"sku\":\"A\",\"safety_stock\":99999999999999999999}"),
            "1: has a number that is out of range or malformed");
  EXPECT_EQ(of(std::string(2000, '[')).substr(0, 5), "1: is");
  EXPECT_EQ(of("{\"sku\":\"" + std::string(ndjson_line_bytes_max, 'x') + "\"}"),
            "1: is longer than 65536 bytes");
}

TEST(NdjsonRowsTest, the_lines_behind_a_bad_one_are_read) {
  const auto lines =
      read_all(RowFormat::ndjson, "\xEF\xBB\xBF{\"sku\":\"A\"}\n{{{\n" +
                                      std::string(ndjson_line_bytes_max + 1, ' ') + "\n{\"sku\":\"D\"}\n");
  ASSERT_EQ(lines.size(), 4U);
  EXPECT_EQ(row(lines[0]).sku, "A");
  EXPECT_EQ(std::get<std::string>(lines[1].content), "is not valid JSON");
  EXPECT_EQ(std::get<std::string>(lines[2].content), "is longer than 65536 bytes");
  EXPECT_EQ(row(lines[3]).sku, "D");
  EXPECT_EQ(lines[3].line, 4U);
}

}  // namespace
}  // namespace nexus::service
