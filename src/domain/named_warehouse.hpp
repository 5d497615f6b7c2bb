#pragma once

#include <concepts>
#include <string>
#include <string_view>

#include "domain/ids.hpp"

namespace nexus::domain {

// The warehouse that a command names. What is no id is kept as the caller wrote it: it is unknown, not
// malformed.
class NamedWarehouse {
 public:
  NamedWarehouse() = default;
  template <std::convertible_to<std::string_view> Text>
  NamedWarehouse(const Text& text) : id_(WarehouseId::parse(text).value_or(WarehouseId())) {
    if (!names_one()) other_ = std::string_view(text);
  }

  // That of no warehouse where the text is no id.
  const WarehouseId& id() const { return id_; }
  // False where no warehouse can have been meant.
  bool names_one() const { return id_ != WarehouseId(); }
  // As the caller wrote it.
  std::string text() const { return names_one() ? id_.text() : other_; }

 private:
  WarehouseId id_;
  std::string other_;
};

}  // namespace nexus::domain
