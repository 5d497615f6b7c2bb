#pragma once

#include <string_view>

namespace nexus::unicode {

// True for well-formed UTF-8: no overlong forms, no surrogates, nothing above U+10FFFF. Any thread.
bool is_utf8(std::string_view text);

}  // namespace nexus::unicode
