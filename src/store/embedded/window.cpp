#include "store/embedded/window.hpp"

#include <cassert>
#include <utility>
#include <variant>

#include "store/embedded/keys.hpp"

namespace nexus::store::embedded {

Window::Window(std::uint64_t events, Room room)
    : lines_(std::move(room.lines)), items_(std::move(room.items)) {
  lines_.clear();
  items_.clear();
  lines_.reserve(events);
  items_.reserve(events);
}

std::uint32_t Window::add_group(std::string bytes) {
  bytes_ += bytes.size();
  groups_.push_back(std::make_unique<const std::string>(std::move(bytes)));
  return static_cast<std::uint32_t>(groups_.size() - 1);
}

std::uint32_t Window::add_item(TenantState& tenant, SlotId slot) {
  items_.push_back({.tenant = &tenant, .slot = slot});
  return static_cast<std::uint32_t>(items_.size() - 1);
}

void Window::add_answer(domain::TenantId tenant, std::string_view key, Place place) {
  answers_.put(keys::answer(tenant, key), place);
}

domain::AnswerPtr Window::find_answer(domain::TenantId tenant, std::string_view key) const {
  const auto* place = answers_.find(keys::answer(tenant, key));
  if (place == nullptr) return nullptr;
  return std::make_shared<const domain::AnswerKept>(answer_at(*place));
}

domain::AnswerKept Window::answer_at(Place place) const {
  ByteReader reader(group(place.group).substr(place.event_offset));
  auto event = decode_event(reader);
  return std::move(std::get<domain::AnswerKept>(event));
}

PendingLine read_line(std::string_view group, Window::Place place) {
  ByteReader header(group.substr(place.commit_offset));
  ByteReader adjusted(group.substr(place.event_offset));
  PendingLine line{.commit = decode_header(header), .adjusted = decode_adjusted(adjusted)};
  assert(header.ok());
  assert(adjusted.ok());
  return line;
}

}  // namespace nexus::store::embedded
