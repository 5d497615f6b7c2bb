// However bytes are cut into pieces, the same requests are read, and no bytes do harm.

#include <algorithm>
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>

#include "http/server/request_reader.hpp"

namespace nexus::http {
namespace {

using Progress = RequestReader::Progress;

constexpr std::size_t body_bytes_max = 4096;

std::string describe(const Request& request) {
  std::string text;
  for (const auto part : {request.method, request.target, request.path, request.query, request.body}) {
    text.append(part).push_back('\n');
  }
  for (const auto& field : request.headers)
    text.append(field.name).append("=").append(field.value).push_back('\n');
  return text;
}

// False when it was refused: what follows is not read any more.
bool take_requests(RequestReader& reader, std::string& read) {
  for (;;) {
    switch (reader.advance()) {
      case Progress::complete:
        read += describe(reader.request());
        reader.next();
        break;
      // An unfinished request may be refused sooner or later, as its bytes come.
      case Progress::refused:
        return false;
      case Progress::need_more:
        return true;
      case Progress::wants_continue:
        break;
    }
  }
}

std::string read_in_pieces(std::string_view bytes, std::size_t piece) {
  static const Limits limits;
  RequestIds ids;
  RequestReader reader(limits, body_bytes_max, 0, "", ids);
  std::string read;
  while (!bytes.empty()) {
    const auto space = reader.space();
    const auto count = std::min({space.size(), bytes.size(), piece});
    std::copy_n(bytes.begin(), count, space.begin());
    reader.received(count);
    bytes.remove_prefix(count);
    if (!take_requests(reader, read)) break;
  }
  return read;
}

}  // namespace
}  // namespace nexus::http

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size == 0) return 0;
  const std::string_view bytes(reinterpret_cast<const char*>(data) + 1, size - 1);
  const auto whole = nexus::http::read_in_pieces(bytes, bytes.size());
  if (nexus::http::read_in_pieces(bytes, std::size_t{1} + data[0]) != whole) std::abort();
  if (nexus::http::read_in_pieces(bytes, 1) != whole) std::abort();
  return 0;
}
