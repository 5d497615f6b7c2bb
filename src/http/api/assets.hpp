#pragma once

#include <string_view>

namespace nexus::http {

// Files that are part of the binary.
std::string_view openapi_json();
std::string_view docs_html();
std::string_view docs_script();
std::string_view docs_style();

}  // namespace nexus::http
