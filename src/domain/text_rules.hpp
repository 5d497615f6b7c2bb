#pragma once

#include <cstddef>
#include <string_view>

#include "domain/error.hpp"

namespace nexus::domain {

// The limits of what people may write, in the unit of their names.
inline constexpr std::size_t sku_bytes_max = 128;
inline constexpr std::size_t title_characters_max = 500;
inline constexpr std::size_t note_characters_max = 1000;
inline constexpr std::size_t reason_bytes_max = 64;
inline constexpr std::size_t reference_characters_max = 128;
inline constexpr std::size_t name_characters_max = 200;
inline constexpr std::size_t address_characters_max = 500;
inline constexpr std::size_t marketplace_characters_max = 64;
inline constexpr std::size_t owner_characters_max = 200;

// Characters (code points) of well-formed UTF-8.
std::size_t count_characters(std::string_view text);

// VALIDATION_ERROR naming `field` unless `text` is a SKU: 1–128 bytes of UTF-8 without control characters,
// and none of the words that the API's paths use for something else.
Result<void> check_sku(std::string_view field, std::string_view text);

// VALIDATION_ERROR unless `text` matches [a-z0-9_]{1,64}.
Result<void> check_reason(std::string_view field, std::string_view text);

// VALIDATION_ERROR unless `text` is UTF-8 of min to max characters without control characters. Line breaks
// and tabs are allowed where `multiline` says so.
Result<void> check_text(std::string_view field, std::string_view text, std::size_t min, std::size_t max,
                        bool multiline = false);

// VALIDATION_ERROR unless 0 ≤ value ≤ quantity_max.
Result<void> check_stock_setting(std::string_view field, Quantity value);

}  // namespace nexus::domain
