#pragma once

#include <concepts>
#include <cstdint>
#include <cstring>
#include <string>
#include <string_view>
#include <utility>

#include "domain/decimal.hpp"
#include "domain/ids.hpp"
#include "domain/time.hpp"

namespace nexus::http {

// Appends JSON to a text piece by piece, through a pointer into room that was made beforehand: a page of
// records is some thousand pieces, and growing a string byte by byte would be most of its cost. The text is
// whole when the writer is gone, and must not be touched before. Commas and braces are the caller's.
class JsonText {
 public:
  explicit JsonText(std::string& out) : out_(out), size_(out.size()) { make_room(512); }
  ~JsonText() { out_.resize(size_); }
  JsonText(const JsonText&) = delete;
  JsonText& operator=(const JsonText&) = delete;

  // What is JSON already.
  JsonText& raw(std::string_view text) {
    std::memcpy(room(text.size()), text.data(), text.size());
    size_ += text.size();
    return *this;
  }
  template <std::size_t N>
  JsonText& raw(const char (&literal)[N]) {
    std::memcpy(room(N - 1), literal, N - 1);
    size_ += N - 1;
    return *this;
  }

  // In quotes, escaped. The text must be UTF-8, which passes as it is.
  JsonText& string(std::string_view text);

  JsonText& number(std::integral auto value) {
    char* const begin = room(domain::decimal_digits_max);
    char* at = begin;
    auto magnitude = static_cast<std::uint64_t>(value);
    if (std::cmp_less(value, 0)) {
      *at++ = '-';
      magnitude = 0 - magnitude;
    }
    size_ += static_cast<std::size_t>(domain::write_decimal(at, magnitude) - begin);
    return *this;
  }

  template <typename Kind>
  JsonText& id(const domain::Id<Kind>& id) {
    raw("\"").raw(Kind::prefix);
    id.value.write(room(domain::Ulid::text_size));
    size_ += domain::Ulid::text_size;
    return raw("\"");
  }

  JsonText& time(domain::Time time) {
    raw("\"");
    time.write(room(domain::Time::text_size));
    size_ += domain::Time::text_size;
    return raw("\"");
  }

  JsonText& boolean(bool value) { return value ? raw("true") : raw("false"); }

 private:
  char* room(std::size_t bytes) {
    if (out_.size() - size_ < bytes) [[unlikely]] {
      make_room(bytes);
    }
    return out_.data() + size_;
  }
  void make_room(std::size_t bytes);

  std::string& out_;  // longer than what was written: the room is behind it
  std::size_t size_;
};

}  // namespace nexus::http
