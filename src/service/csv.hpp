#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "service/byte_source.hpp"

namespace nexus::service {

// The largest record that is read, line breaks inside quotes included, and the most cells it may have.
inline constexpr std::size_t csv_record_bytes_max = std::size_t{64} * 1024;
inline constexpr std::size_t csv_cells_max = 256;

struct CsvRecord {
  std::uint64_t line = 0;          // where it begins in the file, from 1
  std::vector<std::string> cells;  // unquoted
  std::string_view fault;          // what is wrong with it, in which case it has no cells; else empty
};

// Reads comma-separated values as RFC 4180 has them: cells may be quoted, a quote inside is doubled, and
// quoted cells may span lines. Lines end in LF or CRLF; a byte order mark at the beginning and empty lines
// are skipped. Holds one record and one chunk of the source at a time.
//
// After a faulty record it goes on with the line after the one where that record began, so that one stray
// quote costs one line and not the rest of the file.
class CsvReader {
 public:
  explicit CsvReader(ByteSource source) : window_(std::move(source)) {}

  // Reads the next record; false at the end. Fails only as the source does.
  domain::Result<bool> next(CsvRecord& record);

  // How far into the input it has read.
  std::uint64_t bytes_consumed() const { return window_.consumed(); }

 private:
  domain::Result<void> skip_byte_order_mark();
  domain::Result<void> skip_line();
  void consume(std::size_t bytes);

  InputWindow window_;
  std::uint64_t line_ = 1;
  bool started_ = false;
};

// Appends a cell, quoted where it needs to be.
void append_csv_cell(std::string& out, std::string_view text);

// Spreadsheets run a cell that begins with = + - or @ as a formula. guard() puts an apostrophe in front of
// such a text, and of one that begins with apostrophes followed by one of those, so that unguard() gives back
// exactly what was guarded, whatever it was. See https://owasp.org/www-community/attacks/CSV_Injection.
std::string guard_formula(std::string_view text);
std::string_view unguard_formula(std::string_view cell);

}  // namespace nexus::service
