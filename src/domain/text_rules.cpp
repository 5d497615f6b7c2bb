#include "domain/text_rules.hpp"

#include <algorithm>
#include <array>
#include <string>

#include "unicode/utf8.hpp"

namespace nexus::domain {

using namespace std::string_view_literals;

namespace {

// Words that stand where a SKU would in the API's paths, and segments that URL normalisation removes.
constexpr std::array<std::string_view, 5> reserved_words = {"bulk", "sync", "warehouses", ".", ".."};

std::unexpected<Error> refuse(std::string_view field, std::string_view rule) {
  std::string message(field);
  message += ' ';
  message += rule;
  return fail(ErrorCode::validation_error, std::move(message), Fact{"field", std::string(field)});
}

constexpr std::array<bool, 256> is_reason_character = [] {
  std::array<bool, 256> is_one{};
  for (const unsigned char c : "abcdefghijklmnopqrstuvwxyz0123456789_"sv) is_one[c] = true;
  return is_one;
}();

// Then it is UTF-8 without control characters, as most texts are.
bool is_printable_ascii(std::string_view text) {
  return std::ranges::all_of(text, [](char c) { return c >= ' ' && c <= '~'; });
}

// C0, DEL, and C1 (which UTF-8 writes as C2 80 … C2 9F).
bool has_control_character(std::string_view text, bool multiline) {
  for (std::size_t i = 0; i < text.size(); ++i) {
    const auto c = static_cast<unsigned char>(text[i]);
    if (multiline && (c == '\n' || c == '\r' || c == '\t')) continue;
    if (c < 0x20 || c == 0x7F) return true;
    if (c == 0xC2 && i + 1 < text.size() && static_cast<unsigned char>(text[i + 1]) < 0xA0) return true;
  }
  return false;
}

}  // namespace

std::size_t count_characters(std::string_view text) {
  return static_cast<std::size_t>(
      std::ranges::count_if(text, [](char c) { return (static_cast<unsigned char>(c) & 0xC0U) != 0x80; }));
}

Result<void> check_sku(std::string_view field, std::string_view text) {
  if (text.empty() || text.size() > sku_bytes_max) return refuse(field, "must be 1 to 128 bytes long");
  if (!is_printable_ascii(text)) {
    if (!unicode::is_utf8(text)) return refuse(field, "must be valid UTF-8");
    if (has_control_character(text, false)) return refuse(field, "must not contain control characters");
  }
  if (std::ranges::find(reserved_words, text) != reserved_words.end()) {
    return refuse(field,
                  "must not be one of the words bulk, sync, warehouses, . and .., which the API's paths use");
  }
  return {};
}

Result<void> check_reason(std::string_view field, std::string_view text) {
  const auto allowed = [](char c) { return is_reason_character[static_cast<unsigned char>(c)]; };
  if (text.empty() || text.size() > reason_bytes_max || !std::ranges::all_of(text, allowed)) {
    return refuse(field, "must be 1 to 64 of the characters a-z, 0-9 and _");
  }
  return {};
}

Result<void> check_text(std::string_view field, std::string_view text, std::size_t min, std::size_t max,
                        bool multiline) {
  if (!unicode::is_utf8(text)) return refuse(field, "must be valid UTF-8");
  const auto characters = count_characters(text);
  if (characters < min || characters > max) {
    const auto range =
        min == 0 ? "must be at most " + std::to_string(max) + " characters long"
                 : "must be " + std::to_string(min) + " to " + std::to_string(max) + " characters long";
    return refuse(field, range);
  }
  if (has_control_character(text, multiline)) return refuse(field, "must not contain control characters");
  return {};
}

Result<void> check_stock_setting(std::string_view field, Quantity value) {
  if (value < 0 || value > quantity_max) return refuse(field, "must be an integer from 0 to 1000000000000");
  return {};
}

}  // namespace nexus::domain
