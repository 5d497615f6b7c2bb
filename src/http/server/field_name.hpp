#pragma once

#include <algorithm>
#include <array>
#include <string_view>

namespace nexus::http {

// ASCII only, as names of fields and their tokens are.
constexpr bool equal_ignoring_case(std::string_view left, std::string_view right) {
  constexpr auto lower = [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + ('a' - 'A')) : c; };
  if (left == right) return true;  // as most are written
  return left.size() == right.size() &&
         std::ranges::equal(left, right, [&](char a, char b) { return lower(a) == lower(b); });
}

// The name of a response's field, judged when the program is built: a token, and none of those that the
// server sets itself, which a second one would contradict.
class FieldName {
 public:
  // NOLINTNEXTLINE(google-explicit-constructor): a literal is what it is made of
  consteval FieldName(const char* name) : text_(name) {
    if (!may_be(text_)) throw "not a token, or a field that the server sets itself";
  }

  static constexpr bool may_be(std::string_view name) {
    return !name.empty() && std::ranges::all_of(name, is_token_char) &&
           std::ranges::none_of(server_fields, [&](auto own) { return equal_ignoring_case(name, own); });
  }

  constexpr std::string_view text() const { return text_; }

 private:
  static constexpr std::array<std::string_view, 7> server_fields = {
      "Connection", "Content-Length",    "Content-Type", "Date",
      "Keep-Alive", "Transfer-Encoding", "X-Request-ID"};

  static constexpr bool is_token_char(char c) {
    if ((c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9')) return true;
    return std::string_view("!#$%&'*+-.^_`|~").find(c) != std::string_view::npos;
  }

  std::string_view text_;
};

}  // namespace nexus::http
