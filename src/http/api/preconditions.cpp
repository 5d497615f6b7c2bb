#include "http/api/preconditions.hpp"

#include <charconv>
#include <optional>
#include <string_view>
#include <vector>

namespace nexus::http {

namespace {

struct EntityTag {
  bool is_weak = false;
  std::string_view opaque;  // without the quotes
};

std::string_view without_leading_space(std::string_view text) {
  while (!text.empty() && (text.front() == ' ' || text.front() == '\t')) text.remove_prefix(1);
  return text;
}

// Nothing when `text` is no comma-separated list of entity tags.
std::optional<std::vector<EntityTag>> read_tags(std::string_view text) {
  std::vector<EntityTag> tags;
  while (true) {
    text = without_leading_space(text);
    EntityTag tag;
    if (text.starts_with("W/")) {
      tag.is_weak = true;
      text.remove_prefix(2);
    }
    if (text.empty() || text.front() != '"') return std::nullopt;
    const auto end = text.find('"', 1);
    if (end == std::string_view::npos) return std::nullopt;
    tag.opaque = text.substr(1, end - 1);
    tags.push_back(tag);
    text = without_leading_space(text.substr(end + 1));
    if (text.empty()) return tags;
    if (text.front() != ',') return std::nullopt;
    text.remove_prefix(1);
  }
}

// A tag that is none of ours stands for no version.
std::optional<std::uint64_t> version_of(const EntityTag& tag) {
  std::uint64_t version = 0;
  const char* end = tag.opaque.data() + tag.opaque.size();
  const auto [stopped, error] = std::from_chars(tag.opaque.data(), end, version);
  if (error != std::errc{} || stopped != end || etag_of(version).size() != tag.opaque.size() + 2)
    return std::nullopt;
  return version;
}

}  // namespace

std::string etag_of(std::uint64_t version) {
  return '"' + std::to_string(version) + '"';
}

domain::Result<domain::AcceptedVersions> read_if_match(const Request& request) {
  if (!request.has_header("If-Match")) return std::nullopt;
  const auto text = request.header("If-Match");
  if (text == "*") return std::nullopt;
  const auto tags = request.header_count("If-Match") == 1 ? read_tags(text) : std::nullopt;
  if (!tags) {
    return domain::fail(domain::ErrorCode::validation_error,
                        "header If-Match must be * or entity tags in double quotes, such as \"7\"",
                        domain::Fact{"header", "If-Match"});
  }
  std::vector<std::uint64_t> versions;
  for (const auto& tag : *tags) {
    if (const auto version = tag.is_weak ? std::nullopt : version_of(tag)) versions.push_back(*version);
  }
  return versions;
}

bool client_has(const Request& request, std::uint64_t version) {
  if (!request.has_header("If-None-Match")) return false;
  const auto text = request.header("If-None-Match");
  if (text == "*") return true;
  const auto tags = read_tags(text);
  if (!tags) return false;
  for (const auto& tag : *tags) {
    if (version_of(tag) == version) return true;
  }
  return false;
}

}  // namespace nexus::http
