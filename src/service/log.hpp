#pragma once

#include <atomic>
#include <concepts>
#include <cstdint>
#include <initializer_list>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <type_traits>
#include <variant>

namespace nexus::service {

enum class LogLevel : std::uint8_t { debug, info, warn, error, off };

// debug, info, warn, error, off.
std::string_view name(LogLevel level);
std::optional<LogLevel> parse_log_level(std::string_view text);

// A named value of an event. Texts are borrowed for the length of the call. Never put a secret into one: keys
// are logged by their id.
struct LogField {
  std::string_view name;
  std::variant<std::string_view, std::int64_t, std::uint64_t, double, bool> value;

  LogField(std::string_view field, std::string_view text) : name(field), value(text) {}
  LogField(std::string_view field, const char* text) : name(field), value(std::string_view(text)) {}
  LogField(std::string_view field, const std::string& text) : name(field), value(std::string_view(text)) {}
  LogField(std::string_view field, bool truth) : name(field), value(truth) {}
  LogField(std::string_view field, double number) : name(field), value(number) {}
  template <std::integral Number>
  LogField(std::string_view field, Number number) : name(field) {
    if constexpr (std::is_signed_v<Number>) {
      value = static_cast<std::int64_t>(number);
    } else {
      value = static_cast<std::uint64_t>(number);
    }
  }
};

struct LogRecord {
  LogLevel level;
  std::string_view event;  // a fixed word of the program's, such as "listening": what one searches for
  std::span<const LogField> fields;
};

// Where events go. Called by any thread, by several at once.
using LogSink = void (*)(const LogRecord&);

// From then on `sink` gets the events of `threshold` and above. Until then they go nowhere.
void set_log(LogSink sink, LogLevel threshold);

// To leave out work that only a log line needs.
bool is_logged(LogLevel level);

// One event, one line.
void log_event(LogLevel level, std::string_view event, std::span<const LogField> fields);
inline void log_event(LogLevel level, std::string_view event, std::initializer_list<LogField> fields = {}) {
  log_event(level, event, std::span<const LogField>(fields.begin(), fields.size()));
}

}  // namespace nexus::service
