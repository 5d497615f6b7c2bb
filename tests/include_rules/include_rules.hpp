#pragma once

#include <filesystem>
#include <string>
#include <vector>

namespace nexus::test {

// Every line beneath `source` (the src folder) that breaks the layers' rules, as "file:line: what is wrong".
//
// The rules are those of the architecture: cli → http → service → store → domain, and an include never points
// up; the transport knows nothing of the product, the engines nothing of each other, the domain nothing but
// itself; only cli knows engines.
std::vector<std::string> broken_include_rules(const std::filesystem::path& source);

}  // namespace nexus::test
