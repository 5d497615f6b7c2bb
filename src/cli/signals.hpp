#pragma once

#include <chrono>
#include <cstdint>
#include <optional>

namespace nexus::cli {

// What people ask a server for by signals, turned into something to wait for. One at a time, from main.
//
// SIGTERM and SIGINT ask it to stop. Until it is armed they end the process at once, as they would anyway; so
// does a second one after the first, for people who do not want to wait for a graceful stop. SIGHUP asks it
// to read its files again; but where it comes because the terminal was closed, nobody is there any more, and
// it means the same as SIGTERM. SIGPIPE is ignored throughout.
class Signals {
 public:
  enum class Wish : std::uint8_t { stop, reload };

  Signals();  // throws std::system_error
  ~Signals();
  Signals(const Signals&) = delete;
  Signals& operator=(const Signals&) = delete;

  // From here on the next signal to stop is only noted. To be called once, before there is something to stop
  // gracefully.
  void arm();

  // Returns the signal that came, and what it asks for; nothing when none did in that time.
  struct Came {
    int signal;
    Wish wish;
  };
  std::optional<Came> wait_for(std::chrono::milliseconds time);

 private:
  int pipe_[2] = {-1, -1};
  bool has_terminal_ = false;
};

}  // namespace nexus::cli
