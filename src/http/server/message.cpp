#include "http/server/message.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <stdexcept>

#include "http/server/append.hpp"

namespace nexus::http {
namespace {

constexpr bool is_field_value_char(char c) {
  const auto byte = static_cast<unsigned char>(c);
  return (byte >= 0x20 && byte != 0x7f) || c == '\t';
}

}  // namespace

std::string_view Request::header(std::string_view name) const {
  for (const HeaderField& field : headers) {
    if (equal_ignoring_case(field.name, name)) return field.value;
  }
  return {};
}

bool Request::has_header(std::string_view name) const {
  return std::ranges::any_of(headers,
                             [&](const HeaderField& field) { return equal_ignoring_case(field.name, name); });
}

std::string_view Request::sole_header(std::string_view name) const {
  const HeaderField* found = nullptr;
  for (const HeaderField& field : headers) {
    if (!equal_ignoring_case(field.name, name)) continue;
    if (found != nullptr) return {};
    found = &field;
  }
  return found == nullptr ? std::string_view() : found->value;
}

std::size_t Request::header_count(std::string_view name) const {
  return static_cast<std::size_t>(std::ranges::count_if(
      headers, [&](const HeaderField& field) { return equal_ignoring_case(field.name, name); }));
}

void Response::append_field(std::string_view name, std::string_view value) {
  append(fields_, name, ": ", value, "\r\n");
}

void Response::header(FieldName name, std::string_view value) {
  if (!std::ranges::all_of(value, is_field_value_char)) {
    throw std::invalid_argument("response header value has a control character");
  }
  if (equal_ignoring_case(name.text(), "Content-Encoding")) encoded_ = true;
  append_field(name.text(), value);
}

void Response::header(FieldName name, std::uint64_t value) {
  std::array<char, 20> digits;
  const auto end = std::to_chars(digits.data(), digits.data() + digits.size(), value).ptr;
  append_field(name.text(), {digits.data(), end});
}

void Response::clear_body() {
  body_.clear();
  stream_.reset();
  content_type_ = {};
}

void Response::reset(std::size_t kept) {
  status_ = 200;
  tag_ = 0;
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
