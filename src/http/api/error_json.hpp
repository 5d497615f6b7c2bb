#pragma once

#include <string>

#include "domain/error.hpp"
#include "http/api/json_text.hpp"
#include "http/server/message.hpp"

namespace nexus::http {

// The one place where an error gets its HTTP status.
unsigned http_status(domain::ErrorCode code);

// {"error":{"code":…,"message":…,"details":{…}}}
void append_error(JsonText& out, const domain::Error& error);

// {"code":…,"message":…,"details":{}}: the entry of one update in a bulk's answer.
void append_error_cause(JsonText& out, domain::ErrorCode code, std::string_view message);

// Makes `response` the answer of that error, with the headers that belong to it, whatever was in it before.
void write_error(Response& response, const domain::Error& error);

}  // namespace nexus::http
