#pragma once

#include <chrono>
#include <optional>

namespace nexus::cli {

// SIGTERM and SIGINT, turned into something to wait for. One at a time, from main.
//
// Until it is armed a signal ends the process at once, as it would anyway; so does a second one after the
// first, for people who do not want to wait for a graceful stop. SIGPIPE is ignored throughout.
class StopSignal {
 public:
  StopSignal();  // throws std::system_error
  ~StopSignal();
  StopSignal(const StopSignal&) = delete;
  StopSignal& operator=(const StopSignal&) = delete;

  // From here on the next signal is only noted. To be called once, before there is something to stop
  // gracefully.
  void arm();

  // Returns the number of the signal that came since arm(); nothing when none did in that time.
  std::optional<int> wait_for(std::chrono::milliseconds time);

 private:
  int pipe_[2] = {-1, -1};
};

}  // namespace nexus::cli
