#pragma once

#include <cstdint>
#include <string>

#include "domain/commands.hpp"
#include "domain/error.hpp"
#include "http/server/message.hpp"

namespace nexus::http {

// Entity tags (RFC 9110, section 8.8.3). A record's tag is its version in quotes, and strong: two answers
// with the same tag say the same.

std::string etag_of(std::uint64_t version);

// If-Match by strong comparison: the versions that would do; nothing when absent or "*". VALIDATION_ERROR
// when it is no list of entity tags.
domain::Result<domain::AcceptedVersions> read_if_match(const Request& request);

// If-None-Match by weak comparison: true when the client has this version already, so that 304 is the answer.
// A header that cannot be read matches nothing.
bool client_has(const Request& request, std::uint64_t version);

}  // namespace nexus::http
