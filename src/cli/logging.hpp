#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

#include "service/log.hpp"

namespace nexus::cli {

// `automatic` is for people when stderr is a terminal, else JSON.
enum class LogFormat : std::uint8_t { automatic, human, json };

std::optional<LogFormat> parse_log_format(std::string_view text);

// Sends the service's events to stderr from now on, one line each. In JSON: {"time", "level", "event", and
// the fields of the event}.
void set_up_logging(service::LogLevel level, LogFormat format);

}  // namespace nexus::cli
