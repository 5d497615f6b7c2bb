#pragma once

#include <cstddef>
#include <expected>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace nexus::http {

enum class UrlError {
  bad_escape,    // a '%' without two hexadecimal digits after it
  invalid_utf8,  // what the escapes decode to is not UTF-8
  too_many_parameters,
};

struct QueryParameter {
  std::string name;
  std::string value;  // "" for a name without '='
};

// Splits a raw path at its slashes: "/a/b%2Fc/" → "a", "b%2Fc", "". Writes the segments that fit into
// `segments` and returns how many there are. A path that doesn't begin with '/' has none.
std::size_t split_path(std::string_view path, std::span<std::string_view> segments);

// Decodes the escapes of one segment. %2F becomes a '/' that belongs to the segment; '+' is itself.
std::expected<std::string, UrlError> decode_segment(std::string_view segment);

// Decodes "a=1&b=x+y" in order, repeated names included; '+' is a space. Empty pieces ("a=1&&b=2") don't
// count.
std::expected<std::vector<QueryParameter>, UrlError> parse_query(std::string_view query,
                                                                 std::size_t parameters_max = 100);

}  // namespace nexus::http
