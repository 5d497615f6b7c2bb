#include "cli/logging.hpp"

#include <algorithm>
#include <chrono>
#include <cmath>
#include <memory>
#include <string>
#include <unistd.h>

#include <fmt/format.h>
#include <spdlog/logger.h>
#include <spdlog/sinks/ansicolor_sink.h>

#include "domain/time.hpp"
#include "service/json_writer.hpp"
#include "unicode/utf8.hpp"

namespace nexus::cli {

namespace {

using service::LogField;
using service::LogLevel;
using service::LogRecord;

spdlog::level::level_enum level_of(LogLevel level) {
  switch (level) {
    case LogLevel::debug:
      return spdlog::level::debug;
    case LogLevel::info:
      return spdlog::level::info;
    case LogLevel::warn:
      return spdlog::level::warn;
    case LogLevel::error:
      return spdlog::level::err;
    case LogLevel::off:
      return spdlog::level::off;
  }
  return spdlog::level::off;
}

// Made once and never destroyed: threads may log until the very end of the process.
spdlog::logger& logger() {
  static auto* const only =
      new spdlog::logger("nexus", std::make_shared<spdlog::sinks::ansicolor_stderr_sink_mt>());
  return *only;
}

// What clients send can be any bytes; a line of the log is UTF-8 all the same.
std::string as_utf8(std::string_view text) {
  std::string clean(text);
  if (unicode::is_utf8(clean)) return clean;
  for (char& c : clean) {
    if (static_cast<unsigned char>(c) >= 0x80) c = '?';
  }
  return clean;
}

void append_json_value(std::string& out, const LogField& field) {
  service::JsonWriter json(out);
  if (const auto* text = std::get_if<std::string_view>(&field.value)) {
    json.value(as_utf8(*text));
  } else if (const auto* truth = std::get_if<bool>(&field.value)) {
    json.value(*truth);
  } else if (const auto* signed_number = std::get_if<std::int64_t>(&field.value)) {
    json.value(*signed_number);
  } else if (const auto* number = std::get_if<std::uint64_t>(&field.value)) {
    json.value(*number);
  } else {
    const double fraction = std::get<double>(field.value);
    json.raw(std::isfinite(fraction) ? fmt::format("{:.3f}", fraction) : "null");
  }
}

void log_json(const LogRecord& record) {
  const auto now = std::chrono::time_point_cast<std::chrono::milliseconds>(std::chrono::system_clock::now());
  std::string line;
  service::JsonWriter json(line);
  json.begin_object().field("time", domain::Time{now.time_since_epoch().count()}.text());
  json.field("level", service::name(record.level)).field("event", record.event);
  std::string value;
  for (const LogField& field : record.fields) {
    value.clear();
    append_json_value(value, field);
    json.key(field.name).raw(value);
  }
  json.end_object();
  logger().log(level_of(record.level), spdlog::string_view_t(line));
}

// Texts that are not one plain word are written as JSON strings, so that no client can forge a line.
void log_human(const LogRecord& record) {
  std::string line(record.event);
  for (const LogField& field : record.fields) {
    line += fmt::format(" {}=", field.name);
    const auto* text = std::get_if<std::string_view>(&field.value);
    const auto is_plain = [](unsigned char c) { return c > ' ' && c != '"' && c != '\\' && c < 0x7F; };
    if (text != nullptr && !text->empty() && std::ranges::all_of(*text, is_plain)) {
      line += *text;
    } else {
      append_json_value(line, field);
    }
  }
  logger().log(level_of(record.level), spdlog::string_view_t(line));
}

}  // namespace

std::optional<LogFormat> parse_log_format(std::string_view text) {
  if (text == "auto") return LogFormat::automatic;
  if (text == "human") return LogFormat::human;
  if (text == "json") return LogFormat::json;
  return std::nullopt;
}

void set_up_logging(LogLevel level, LogFormat format) {
  if (format == LogFormat::automatic) {
    format = ::isatty(STDERR_FILENO) == 1 ? LogFormat::human : LogFormat::json;
  }
  logger().set_pattern(format == LogFormat::json ? "%v" : "%H:%M:%S.%e %^%-5l%$ %v");
  logger().set_level(level_of(level));
  logger().flush_on(spdlog::level::debug);
  service::set_log(format == LogFormat::json ? log_json : log_human, level);
}

}  // namespace nexus::cli
