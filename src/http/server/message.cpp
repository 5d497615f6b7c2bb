#include "http/server/message.hpp"

#include <algorithm>
#include <array>
#include <stdexcept>

namespace nexus::http {
namespace {

constexpr char lower(char c) {
  return c >= 'A' && c <= 'Z' ? static_cast<char>(c + ('a' - 'A')) : c;
}

constexpr bool is_token_char(char c) {
  if ((c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9')) return true;
  return std::string_view("!#$%&'*+-.^_`|~").contains(c);
}

constexpr auto token_chars = [] {
  std::array<bool, 256> table{};
  for (std::size_t i = 0; i < table.size(); ++i) table[i] = is_token_char(static_cast<char>(i));
  return table;
}();

constexpr bool is_field_value_char(char c) {
  const auto byte = static_cast<unsigned char>(c);
  return (byte >= 0x20 && byte != 0x7f) || c == '\t';
}

// A second one of these would contradict the server's own.
constexpr std::array<std::string_view, 7> server_fields = {
    "Connection", "Content-Length",    "Content-Type", "Date",
    "Keep-Alive", "Transfer-Encoding", "X-Request-ID"};

}  // namespace

bool equal_ignoring_case(std::string_view left, std::string_view right) {
  if (left.size() != right.size()) return false;
  for (std::size_t i = 0; i < left.size(); ++i) {
    if (lower(left[i]) != lower(right[i])) return false;
  }
  return true;
}

std::string_view Request::header(std::string_view name) const {
  for (const HeaderField& field : headers) {
    if (equal_ignoring_case(field.name, name)) return field.value;
  }
  return {};
}

std::size_t Request::header_count(std::string_view name) const {
  return static_cast<std::size_t>(std::ranges::count_if(
      headers, [&](const HeaderField& field) { return equal_ignoring_case(field.name, name); }));
}

void Response::header(std::string_view name, std::string_view value) {
  if (name.empty() || !std::ranges::all_of(name, [](unsigned char c) { return token_chars[c]; })) {
    throw std::invalid_argument("response header name is not a token");
  }
  if (!std::ranges::all_of(value, is_field_value_char)) {
    throw std::invalid_argument("response header value has a control character");
  }
  for (std::string_view reserved : server_fields) {
    if (equal_ignoring_case(name, reserved))
      throw std::invalid_argument("response header is the server's own");
  }
  if (equal_ignoring_case(name, "Content-Encoding")) encoded_ = true;
  fields_.append(name).append(": ").append(value).append("\r\n");
}

void Response::clear_body() {
  body_.clear();
  stream_.reset();
  content_type_ = {};
}

void Response::reset(std::size_t kept) {
  status_ = 200;
  content_type_ = {};
  stream_.reset();
  encoded_ = false;
  close_ = false;
  fields_.clear();
  body_.clear();
  if (fields_.capacity() > kept) fields_ = std::string();
  if (body_.capacity() > kept) body_ = std::string();
}

}  // namespace nexus::http
