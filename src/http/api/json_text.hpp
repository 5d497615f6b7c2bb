#pragma once

#include <charconv>
#include <cstdint>
#include <string>
#include <string_view>

#include "domain/ids.hpp"
#include "domain/time.hpp"
#include "service/json_writer.hpp"

namespace nexus::http {

// Pieces of JSON text, appended to a buffer that lives from one answer to the next.

using service::append_json_string;

inline void append_json_integer(std::string& out, std::int64_t value) {
  char digits[24];
  const auto end = std::to_chars(digits, digits + sizeof digits, value).ptr;
  out.append(digits, end);
}

inline void append_json_unsigned(std::string& out, std::uint64_t value) {
  char digits[24];
  const auto end = std::to_chars(digits, digits + sizeof digits, value).ptr;
  out.append(digits, end);
}

template <typename Kind>
void append_json_id(std::string& out, const domain::Id<Kind>& id) {
  char text[domain::Ulid::text_size];
  id.value.write(text);
  out += '"';
  out += Kind::prefix;
  out.append(text, sizeof text);
  out += '"';
}

inline void append_json_time(std::string& out, domain::Time time) {
  char text[domain::Time::text_size];
  time.write(text);
  out += '"';
  out.append(text, sizeof text);
  out += '"';
}

inline void append_json_bool(std::string& out, bool value) {
  out += value ? "true" : "false";
}

}  // namespace nexus::http
