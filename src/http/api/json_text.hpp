#pragma once

#include <cassert>
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

// Writes JSON piece by piece into room that is large enough: who lends it the room answers for that. A page
// of records is some thousand pieces, and asking each time whether there is room would be most of its cost.
// Commas and braces are the caller's.
class JsonPieces {
 public:
  explicit JsonPieces(char* at) : at_(at) {}

  // Behind what was written.
  char* end() const { return at_; }

  // What is JSON already.
  JsonPieces& raw(std::string_view text) {
    std::char_traits<char>::copy(at_, text.data(), text.size());
    at_ += text.size();
    return *this;
  }
  template <std::size_t N>
  JsonPieces& raw(const char (&literal)[N]) {
    std::memcpy(at_, literal, N - 1);
    at_ += N - 1;
    return *this;
  }

  // In quotes, escaped. The text must be UTF-8, which passes as it is.
  JsonPieces& string(std::string_view text) {
    at_ = write_string(at_, text);
    return *this;
  }
  static constexpr std::size_t escape_bytes_max = 6;  // the longest that one byte becomes: \u001f
  static constexpr std::size_t string_bytes_max(std::string_view text) {
    return escape_bytes_max * text.size() + 2;
  }

  JsonPieces& number(std::integral auto value) {
    auto magnitude = static_cast<std::uint64_t>(value);
    if (std::cmp_less(value, 0)) {
      *at_++ = '-';
      magnitude = 0 - magnitude;
    }
    at_ = domain::write_decimal(at_, magnitude);
    return *this;
  }
  static constexpr std::size_t number_bytes_max = domain::decimal_digits_max;

  template <typename Kind>
  JsonPieces& id(const domain::Id<Kind>& id) {
    raw("\"").raw(Kind::prefix);
    id.value.write(at_);
    at_ += domain::Ulid::text_size;
    return raw("\"");
  }
  template <typename Kind>
  static constexpr std::size_t id_bytes = domain::Id<Kind>::text_size + 2;

  JsonPieces& time(domain::Time time) {
    raw("\"");
    time.write(at_);
    at_ += domain::Time::text_size;
    return raw("\"");
  }
  static constexpr std::size_t time_bytes = domain::Time::text_size + 2;

 private:
  static char* write_string(char* at, std::string_view text);

  char* at_;
};

// Appends JSON to a text piece by piece, making room as it goes. The text is whole when the writer is gone,
// and must not be touched before.
class JsonText {
 public:
  explicit JsonText(std::string& out) : out_(out), at_(out.data() + out.size()) { make_room(512); }
  ~JsonText() { out_.resize(size()); }
  JsonText(const JsonText&) = delete;
  JsonText& operator=(const JsonText&) = delete;

  // Lends room of that size to `write(JsonPieces&)`.
  template <typename Write>
  JsonText& within(std::size_t bytes_max, Write&& write) {
    if (static_cast<std::size_t>(end_ - at_) < bytes_max) [[unlikely]] {
      make_room(bytes_max);
    }
    JsonPieces pieces(at_);
    write(pieces);
    assert(static_cast<std::size_t>(pieces.end() - at_) <= bytes_max);
    at_ = pieces.end();
    return *this;
  }

  // The pieces, each as JsonPieces has it.
  JsonText& raw(std::string_view text) {
    return within(text.size(), [&](JsonPieces& out) { out.raw(text); });
  }
  template <std::size_t N>
  JsonText& raw(const char (&literal)[N]) {
    return within(N - 1, [&](JsonPieces& out) { out.raw(literal); });
  }
  JsonText& string(std::string_view text) {
    return within(JsonPieces::string_bytes_max(text), [&](JsonPieces& out) { out.string(text); });
  }
  JsonText& number(std::integral auto value) {
    return within(JsonPieces::number_bytes_max, [&](JsonPieces& out) { out.number(value); });
  }
  template <typename Kind>
  JsonText& id(const domain::Id<Kind>& id) {
    return within(JsonPieces::id_bytes<Kind>, [&](JsonPieces& out) { out.id(id); });
  }
  JsonText& time(domain::Time time) {
    return within(JsonPieces::time_bytes, [&](JsonPieces& out) { out.time(time); });
  }
  JsonText& boolean(bool value) { return value ? raw("true") : raw("false"); }

  // Bytes in the text, with what stood there before this writer.
  std::size_t size() const { return static_cast<std::size_t>(at_ - out_.data()); }
  // What was written since the text had `begin` bytes; valid until the next piece.
  std::string_view from(std::size_t begin) const {
    return std::string_view(out_).substr(begin, size() - begin);
  }

 private:
  void make_room(std::size_t bytes);

  std::string& out_;  // longer than what was written: the room is behind it
  char* at_;          // in the text: where the room begins
  char* end_ = nullptr;
};

}  // namespace nexus::http
