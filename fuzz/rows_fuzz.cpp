// Any file is rows within the limits, or lines that are said to be wrong, however it is read.

#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>

#include "service/host/stock_rows.hpp"

namespace nexus::service {
namespace {

// Every row, or what is wrong with it, as text; the input in pieces of this size.
std::string read_rows(RowFormat format, std::string_view input, std::size_t piece) {
  const auto reader = make_row_reader(format, [&](std::string& buffer) -> domain::Result<bool> {
    if (input.empty()) return false;
    buffer += input.substr(0, piece);
    input.remove_prefix(std::min(piece, input.size()));
    return true;
  });
  std::string text;
  for (;;) {
    const auto line = reader->next();
    if (!line) return text + line.error().message;
    if (!*line) return text;
    text += std::to_string((*line)->line) + ':';
    if (const auto* fault = std::get_if<std::string>(&(*line)->content)) {
      if (fault->empty()) std::abort();
      text += *fault;
    } else {
      const auto& row = std::get<domain::ImportRow>((*line)->content);
      text += check_row(row) ? row.sku : std::string("refused");
    }
    text += '\n';
  }
}

}  // namespace
}  // namespace nexus::service

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace nexus::service;
  if (size == 0) return 0;
  const std::string_view input(reinterpret_cast<const char*>(data) + 1, size - 1);
  for (const auto format : {RowFormat::csv, RowFormat::ndjson}) {
    if (read_rows(format, input, input.size() + 1) != read_rows(format, input, std::size_t{1} + data[0] % 16))
      std::abort();
  }
  return 0;
}
