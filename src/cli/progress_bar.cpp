#include "cli/progress_bar.hpp"

#include <algorithm>
#include <cstdio>
#include <unistd.h>

#include <fmt/core.h>

namespace nexus::cli {

namespace {

// Work that is over sooner needs no bar, and faster than this nobody reads.
constexpr auto first_after = std::chrono::milliseconds(300);
constexpr auto redraw_after = std::chrono::milliseconds(100);

}  // namespace

ProgressBar::ProgressBar(std::string title, std::string unit, bool is_json)
    : title_(std::move(title)),
      unit_(std::move(unit)),
      is_shown_(!is_json && ::isatty(STDERR_FILENO) == 1),
      next_(std::chrono::steady_clock::now() + first_after) {}

void ProgressBar::show(std::uint64_t done, std::uint64_t total) {
  if (!is_shown_) return;
  const auto now = std::chrono::steady_clock::now();
  if (now < next_) return;
  next_ = now + redraw_after;
  is_drawn_ = true;
  std::string bar;
  if (total > 0) {
    constexpr std::size_t width = 30;
    const double part = std::min(1.0, static_cast<double>(done) / static_cast<double>(total));
    const auto full = static_cast<std::size_t>(part * width);
    bar =
        fmt::format(" [{}{}] {:3.0f} %", std::string(full, '#'), std::string(width - full, '.'), part * 100);
  }
  fmt::print(stderr, "\r\x1b[K{}{}  {}", title_, bar, figures(done, total));
  std::fflush(stderr);
}

std::string ProgressBar::figures(std::uint64_t done, std::uint64_t total) const {
  if (unit_ == "bytes") {
    constexpr double megabyte = 1e6;
    return total > 0 ? fmt::format("{:.1f} of {:.1f} MB", static_cast<double>(done) / megabyte,
                                   static_cast<double>(total) / megabyte)
                     : fmt::format("{:.1f} MB", static_cast<double>(done) / megabyte);
  }
  return total > 0 ? fmt::format("{} of {} {}", done, total, unit_) : fmt::format("{} {}", done, unit_);
}

void ProgressBar::clear() {
  if (!is_drawn_) return;
  fmt::print(stderr, "\r\x1b[K");
  std::fflush(stderr);
  is_drawn_ = false;
}

}  // namespace nexus::cli
