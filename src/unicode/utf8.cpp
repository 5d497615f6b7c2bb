#include "unicode/utf8.hpp"

#include <simdjson.h>

namespace nexus::unicode {

bool is_utf8(std::string_view text) {
  return simdjson::validate_utf8(text.data(), text.size());
}

}  // namespace nexus::unicode
