#pragma once

#include <chrono>
#include <cstdint>
#include <string>

namespace nexus::cli {

// How far long work is, on one line of stderr that is drawn over and at last taken away. Draws only where a
// person watches: nothing when stderr is no terminal, or for scripts.
class ProgressBar {
 public:
  // `unit` follows the figures, e.g. "items"; "bytes" are shown as MB.
  ProgressBar(std::string title, std::string unit, bool is_json);
  ~ProgressBar() { clear(); }
  ProgressBar(const ProgressBar&) = delete;
  ProgressBar& operator=(const ProgressBar&) = delete;

  // `total` is 0 when not known. Cheap when nothing is due to be drawn.
  void show(std::uint64_t done, std::uint64_t total);
  void clear();

 private:
  std::string figures(std::uint64_t done, std::uint64_t total) const;

  std::string title_;
  std::string unit_;
  bool is_shown_;
  bool is_drawn_ = false;
  std::chrono::steady_clock::time_point next_;
};

}  // namespace nexus::cli
