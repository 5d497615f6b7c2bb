#include "service/log.hpp"

namespace nexus::service {

namespace {

std::atomic<LogSink> current_sink = nullptr;
std::atomic<LogLevel> current_threshold = LogLevel::off;

}  // namespace

std::string_view name(LogLevel level) {
  switch (level) {
    case LogLevel::debug:
      return "debug";
    case LogLevel::info:
      return "info";
    case LogLevel::warn:
      return "warn";
    case LogLevel::error:
      return "error";
    case LogLevel::off:
      return "off";
  }
  return "";
}

std::optional<LogLevel> parse_log_level(std::string_view text) {
  for (const auto level : {LogLevel::debug, LogLevel::info, LogLevel::warn, LogLevel::error, LogLevel::off}) {
    if (name(level) == text) return level;
  }
  return std::nullopt;
}

void set_log(LogSink sink, LogLevel threshold) {
  current_sink.store(sink);
  current_threshold.store(threshold);
}

bool is_logged(LogLevel level) {
  return level != LogLevel::off && level >= current_threshold.load(std::memory_order_relaxed);
}

void log_event(LogLevel level, std::string_view event, std::span<const LogField> fields) {
  if (!is_logged(level)) return;
  if (const LogSink sink = current_sink.load()) sink({.level = level, .event = event, .fields = fields});
}

}  // namespace nexus::service
