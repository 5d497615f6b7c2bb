#include "service/host/repetition_guard.hpp"

#include <functional>
#include <string_view>

namespace nexus::service {

namespace {

constexpr std::array<std::string_view, 4> setting_names = {"title", "safety_stock", "low_threshold",
                                                           "critical_threshold"};

std::uint64_t mix(std::uint64_t hash) {
  hash ^= hash >> 32U;
  hash *= 0x9E3779B97F4A7C15ULL;
  return hash ^ (hash >> 29U);
}

std::uint64_t hash_of(std::string_view text) {
  return mix(std::hash<std::string_view>{}(text));
}

// What a row says of one setting. A shortened hash is always odd.
constexpr std::uint16_t nothing = 0;
constexpr std::uint16_t the_default = 2;

std::uint16_t said(std::uint64_t hash) {
  return static_cast<std::uint16_t>(hash >> 48U) | 1U;
}

std::uint16_t said(domain::Quantity value) {
  return said(mix(static_cast<std::uint64_t>(value) + 1));
}

std::uint16_t said(const std::optional<domain::Threshold>& threshold) {
  if (!threshold) return nothing;
  return threshold->is_default() ? the_default : said(threshold->value_or(0));
}

std::uint16_t said(const std::optional<std::string>& title) {
  if (!title) return nothing;
  return title->empty() ? the_default : said(hash_of(*title));
}

std::array<std::uint16_t, 4> settings_of(const domain::ImportRow& row) {
  return {said(row.title), row.safety_stock ? said(*row.safety_stock) : nothing, said(row.low_threshold),
          said(row.critical_threshold)};
}

void drop_setting(std::size_t index, domain::ImportRow& row) {
  if (index == 0) row.title.reset();
  if (index == 2) row.low_threshold.reset();
  if (index == 3) row.critical_threshold.reset();
}

}  // namespace

std::optional<std::string> RepetitionGuard::check(std::uint64_t line, domain::ImportRow& row) {
  const std::uint64_t sku = hash_of(row.sku);
  const auto settings = settings_of(row);
  auto& first = by_sku_.try_emplace(sku, First{.line = line, .settings = settings}).first->second;
  for (std::size_t i = 0; i < settings.size(); ++i) {
    const bool says_more = settings[i] != nothing && settings[i] != the_default;
    if (says_more && first.settings[i] != nothing && settings[i] != first.settings[i]) {
      return std::string(setting_names[i]) + " is not what line " + std::to_string(first.line) +
             " says of the same SKU";
    }
  }
  if (row.warehouse) {
    const auto level = mix(sku ^ mix(hash_of(*row.warehouse)));
    const auto [earlier, is_new] = line_by_level_.emplace(level, line);
    if (!is_new) {
      return "the same SKU and warehouse stand on line " + std::to_string(earlier->second) + " already";
    }
  }
  for (std::size_t i = 0; i < settings.size(); ++i) {
    if (first.settings[i] == nothing) {
      first.settings[i] = settings[i];
    } else if (settings[i] == the_default && first.settings[i] != the_default) {
      drop_setting(i, row);
    }
  }
  return std::nullopt;
}

}  // namespace nexus::service
