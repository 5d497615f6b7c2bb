#include "domain/time.hpp"

#include <chrono>

#include "domain/decimal.hpp"

namespace nexus::domain {

namespace {

constexpr std::int64_t ms_per_minute = 60'000;
constexpr std::int64_t ms_per_day = 86'400'000;

// Takes exactly `width` digits off the front of `text`.
std::optional<unsigned> take_digits(std::string_view& text, std::size_t width) {
  if (text.size() < width) return std::nullopt;
  unsigned value = 0;
  for (std::size_t i = 0; i < width; ++i) {
    if (text[i] < '0' || text[i] > '9') return std::nullopt;
    value = value * 10 + static_cast<unsigned>(text[i] - '0');
  }
  text.remove_prefix(width);
  return value;
}

bool take(std::string_view& text, char c) {
  if (text.empty() || text[0] != c) return false;
  text.remove_prefix(1);
  return true;
}

std::optional<std::int64_t> take_date(std::string_view& text) {
  const auto year = take_digits(text, 4);
  if (!year || !take(text, '-')) return std::nullopt;
  const auto month = take_digits(text, 2);
  if (!month || !take(text, '-')) return std::nullopt;
  const auto day = take_digits(text, 2);
  if (!day) return std::nullopt;
  const std::chrono::year_month_day date{std::chrono::year{static_cast<int>(*year)},
                                         std::chrono::month{*month}, std::chrono::day{*day}};
  if (!date.ok()) return std::nullopt;
  return std::chrono::sys_days{date}.time_since_epoch().count() * ms_per_day;
}

// A fraction of a second as milliseconds; 0 when there is none.
std::optional<std::int64_t> take_fraction(std::string_view& text) {
  if (!take(text, '.')) return 0;
  std::int64_t ms = 0;
  std::size_t taken = 0;
  for (; !text.empty() && text[0] >= '0' && text[0] <= '9'; ++taken, text.remove_prefix(1)) {
    if (taken < 3) ms = ms * 10 + (text[0] - '0');
  }
  if (taken == 0 || taken > 9) return std::nullopt;
  for (; taken < 3; ++taken) ms *= 10;
  return ms;
}

// "Z" or "+hh:mm" as milliseconds east of UTC.
std::optional<std::int64_t> take_offset(std::string_view& text) {
  if (take(text, 'Z') || take(text, 'z')) return 0;
  const bool west = !text.empty() && text[0] == '-';
  if (!take(text, '+') && !take(text, '-')) return std::nullopt;
  const auto hours = take_digits(text, 2);
  if (!hours || *hours > 23 || !take(text, ':')) return std::nullopt;
  const auto minutes = take_digits(text, 2);
  if (!minutes || *minutes > 59) return std::nullopt;
  const auto offset = (static_cast<std::int64_t>(*hours) * 60 + *minutes) * ms_per_minute;
  return west ? -offset : offset;
}

}  // namespace

void Time::write(char* out) const {
  using namespace std::chrono;
  const sys_time<milliseconds> moment{milliseconds{ms}};
  const auto days_since = floor<days>(moment);
  const year_month_day date{days_since};
  const auto rest = static_cast<unsigned>((moment - days_since).count());
  out = write_four_digits(out, static_cast<unsigned>(static_cast<int>(date.year())) % 10'000);
  *out++ = '-';
  out = write_two_digits(out, static_cast<unsigned>(date.month()));
  *out++ = '-';
  out = write_two_digits(out, static_cast<unsigned>(date.day()));
  *out++ = 'T';
  out = write_two_digits(out, rest / 3'600'000);
  *out++ = ':';
  out = write_two_digits(out, rest / 60'000 % 60);
  *out++ = ':';
  out = write_two_digits(out, rest / 1'000 % 60);
  *out++ = '.';
  *out++ = static_cast<char>('0' + rest % 1'000 / 100);
  out = write_two_digits(out, rest % 100);
  *out = 'Z';
}

std::string Time::text() const {
  std::string out(text_size, '\0');
  write(out.data());
  return out;
}

std::optional<Time> parse_time(std::string_view text, DayEdge bare_date) {
  const auto day = take_date(text);
  if (!day) return std::nullopt;
  if (text.empty()) return Time{bare_date == DayEdge::start ? *day : *day + ms_per_day - 1};
  if (!take(text, 'T') && !take(text, 't')) return std::nullopt;
  const auto hours = take_digits(text, 2);
  if (!hours || *hours > 23 || !take(text, ':')) return std::nullopt;
  const auto minutes = take_digits(text, 2);
  if (!minutes || *minutes > 59 || !take(text, ':')) return std::nullopt;
  const auto seconds = take_digits(text, 2);
  if (!seconds || *seconds > 59) return std::nullopt;
  const auto fraction = take_fraction(text);
  if (!fraction) return std::nullopt;
  const auto offset = take_offset(text);
  if (!offset || !text.empty()) return std::nullopt;
  const auto of_day = (static_cast<std::int64_t>(*hours) * 60 + *minutes) * ms_per_minute +
                      static_cast<std::int64_t>(*seconds) * 1'000 + *fraction;
  return Time{*day + of_day - *offset};
}

}  // namespace nexus::domain
