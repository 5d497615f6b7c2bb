#include "http/server/url.hpp"

#include <algorithm>
#include <utility>

#include "unicode/utf8.hpp"

namespace nexus::http {
namespace {

constexpr int hex_value(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  return -1;
}

std::expected<std::string, UrlError> decode(std::string_view raw, bool plus_is_space) {
  const auto is_encoded = [&](char c) { return c == '%' || (c == '+' && plus_is_space); };
  const auto plain = static_cast<std::size_t>(std::ranges::find_if(raw, is_encoded) - raw.begin());
  std::string text(raw.substr(0, plain));
  for (std::size_t i = plain; i < raw.size(); ++i) {
    const char c = raw[i];
    if (c == '%') {
      if (raw.size() - i < 3) return std::unexpected(UrlError::bad_escape);
      const int high = hex_value(raw[i + 1]);
      const int low = hex_value(raw[i + 2]);
      if (high < 0 || low < 0) return std::unexpected(UrlError::bad_escape);
      text.push_back(static_cast<char>(high * 16 + low));
      i += 2;
    } else {
      text.push_back(c == '+' && plus_is_space ? ' ' : c);
    }
  }
  if (!unicode::is_utf8(text)) return std::unexpected(UrlError::invalid_utf8);
  return text;
}

}  // namespace

std::size_t split_path(std::string_view path, std::span<std::string_view> segments) {
  if (!path.starts_with('/')) return 0;
  std::size_t count = 0;
  for (std::size_t begin = 1;;) {
    const std::size_t end = std::min(path.find('/', begin), path.size());
    if (count < segments.size()) segments[count] = path.substr(begin, end - begin);
    ++count;
    if (end == path.size()) return count;
    begin = end + 1;
  }
}

std::expected<std::string, UrlError> decode_segment(std::string_view segment) {
  return decode(segment, false);
}

std::expected<std::vector<QueryParameter>, UrlError> parse_query(std::string_view query,
                                                                 std::size_t parameters_max) {
  std::vector<QueryParameter> parameters;
  const auto pieces = static_cast<std::size_t>(std::ranges::count(query, '&')) + 1;
  parameters.reserve(std::min(pieces, parameters_max));
  while (!query.empty()) {
    const std::string_view piece = query.substr(0, query.find('&'));
    query.remove_prefix(std::min(piece.size() + 1, query.size()));
    if (piece.empty()) continue;
    if (parameters.size() == parameters_max) return std::unexpected(UrlError::too_many_parameters);
    const std::size_t equals = std::min(piece.find('='), piece.size());
    auto name = decode(piece.substr(0, equals), true);
    if (!name) return std::unexpected(name.error());
    auto value = decode(piece.substr(std::min(equals + 1, piece.size())), true);
    if (!value) return std::unexpected(value.error());
    parameters.push_back({std::move(*name), std::move(*value)});
  }
  return parameters;
}

}  // namespace nexus::http
