#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace nexus::bench {

// The requests that a benchmark sends, ready as bytes: for each its length in decimal, a line feed and the
// whole HTTP request. replay.lua reads the same files. Throws std::runtime_error, naming the file.
std::vector<std::string> read_requests(const std::string& path);

// What stands behind the head of a request or an answer; empty when there is nothing.
std::string_view body_of(std::string_view message);

}  // namespace nexus::bench
