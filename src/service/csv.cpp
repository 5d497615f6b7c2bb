#include "service/csv.hpp"

#include <algorithm>

namespace nexus::service {

namespace {

enum class Parsed : std::uint8_t { record, needs_more, fault };

// Parses one record at the front of a text. `at_end` says that nothing follows it.
class RecordParser {
 public:
  RecordParser(std::string_view text, bool at_end, CsvRecord& record)
      : text_(text), at_end_(at_end), record_(record) {}

  Parsed parse() {
    record_.cells.clear();
    for (;;) {
      if (record_.cells.size() == csv_cells_max) return fault("has more than 256 cells");
      std::string& cell = record_.cells.emplace_back();
      const Parsed parsed =
          position_ < text_.size() && text_[position_] == '"' ? quoted_cell(cell) : plain_cell(cell);
      if (parsed != Parsed::record) return parsed;
      if (ended_) return Parsed::record;
    }
  }

  // Of the record and its line end.
  std::size_t size() const { return position_; }

 private:
  Parsed fault(std::string_view what) {
    record_.fault = what;
    record_.cells.clear();
    return Parsed::fault;
  }

  Parsed plain_cell(std::string& cell) {
    const auto end = text_.find_first_of(",\"\r\n", position_);
    if (end == std::string_view::npos) {
      if (!at_end_) return Parsed::needs_more;
      cell = text_.substr(position_);
      position_ = text_.size();
      ended_ = true;
      return Parsed::record;
    }
    if (text_[end] == '"') {
      return fault("has a quote inside an unquoted cell: quote the whole cell and double the quote");
    }
    cell = text_.substr(position_, end - position_);
    position_ = end;
    return separator();
  }

  Parsed quoted_cell(std::string& cell) {
    ++position_;
    for (;;) {
      const auto quote = text_.find('"', position_);
      if (quote == std::string_view::npos) {
        return at_end_ ? fault("has a quote that is never closed") : Parsed::needs_more;
      }
      cell += text_.substr(position_, quote - position_);
      position_ = quote + 1;
      if (position_ == text_.size() && !at_end_) return Parsed::needs_more;
      if (position_ == text_.size() || text_[position_] != '"') return separator();
      cell += '"';
      ++position_;
    }
  }

  // What may stand behind a cell.
  Parsed separator() {
    if (position_ == text_.size()) {
      ended_ = true;
      return Parsed::record;
    }
    if (text_[position_] == ',') {
      ++position_;
      return Parsed::record;
    }
    ended_ = true;
    if (text_[position_] == '\n') {
      ++position_;
      return Parsed::record;
    }
    if (text_[position_] != '\r') return fault("has text behind a closing quote");
    if (position_ + 1 == text_.size() && !at_end_) return Parsed::needs_more;
    if (position_ + 1 == text_.size()) {
      ++position_;
      return Parsed::record;
    }
    if (text_[position_ + 1] != '\n') return fault("has a carriage return that does not end the line");
    position_ += 2;
    return Parsed::record;
  }

  std::string_view text_;
  bool at_end_;
  CsvRecord& record_;
  std::size_t position_ = 0;
  bool ended_ = false;
};

bool is_formula(std::string_view text) {
  const auto first = text.find_first_not_of('\'');
  return first != std::string_view::npos &&
         std::string_view("=+-@\t\r\n").find(text[first]) != std::string_view::npos;
}

}  // namespace

void CsvReader::consume(std::size_t bytes) {
  const auto consumed = window_.view().substr(0, bytes);
  line_ += static_cast<std::uint64_t>(std::ranges::count(consumed, '\n'));
  window_.consume(bytes);
}

domain::Result<void> CsvReader::skip_byte_order_mark() {
  constexpr std::string_view mark = "\xEF\xBB\xBF";
  while (window_.view().size() < mark.size() && !window_.is_at_end()) {
    if (const auto more = window_.grow(); !more) return std::unexpected(more.error());
  }
  if (window_.view().starts_with(mark)) window_.consume(mark.size());
  return {};
}

domain::Result<void> CsvReader::skip_line() {
  for (;;) {
    const auto end = window_.view().find('\n');
    if (end != std::string_view::npos) {
      consume(end + 1);
      return {};
    }
    consume(window_.view().size());
    const auto more = window_.grow();
    if (!more) return std::unexpected(more.error());
    if (!*more) return {};
  }
}

domain::Result<bool> CsvReader::next(CsvRecord& record) {
  if (!started_) {
    if (const auto skipped = skip_byte_order_mark(); !skipped) return std::unexpected(skipped.error());
    started_ = true;
  }
  for (;;) {
    const auto view = window_.view();
    if (view.empty() && window_.is_at_end()) return false;
    record.line = line_;
    record.fault = {};
    // One byte more than the limit, so that a record of exactly that size still shows its end.
    const bool is_cut = view.size() > csv_record_bytes_max;
    RecordParser parser(view.substr(0, csv_record_bytes_max + 1), window_.is_at_end() && !is_cut, record);
    Parsed parsed = view.empty() ? Parsed::needs_more : parser.parse();
    if (parsed == Parsed::needs_more && is_cut) {
      record.fault = "is longer than 65536 bytes, or has a quote that is never closed";
      parsed = Parsed::fault;
    }
    if (parsed == Parsed::needs_more) {
      if (const auto more = window_.grow(); !more) return std::unexpected(more.error());
      continue;
    }
    if (parsed == Parsed::fault) {
      record.cells.clear();
      if (const auto skipped = skip_line(); !skipped) return std::unexpected(skipped.error());
      return true;
    }
    const bool is_blank = record.cells.size() == 1 && record.cells.front().empty() && view.front() != '"';
    consume(parser.size());
    if (!is_blank) return true;
  }
}

void append_csv_cell(std::string& out, std::string_view text) {
  if (text.find_first_of(",\"\r\n") == std::string_view::npos) {
    out += text;
    return;
  }
  out += '"';
  for (const char c : text) {
    if (c == '"') out += '"';
    out += c;
  }
  out += '"';
}

std::string guard_formula(std::string_view text) {
  std::string guarded;
  if (is_formula(text)) guarded += '\'';
  guarded += text;
  return guarded;
}

std::string_view unguard_formula(std::string_view cell) {
  if (cell.starts_with('\'') && is_formula(cell)) cell.remove_prefix(1);
  return cell;
}

}  // namespace nexus::service
