#include "cli/signals.hpp"

#include <atomic>
#include <cerrno>
#include <csignal>
#include <fcntl.h>
#include <poll.h>
#include <system_error>
#include <unistd.h>

namespace nexus::cli {

namespace {

// Where the handler tells of signals; -1 while nobody waits for them.
std::atomic<int> tell_fd = -1;
// Whether the next signal to stop is told, too.
std::atomic<bool> is_stop_told = false;
static_assert(std::atomic<int>::is_always_lock_free && std::atomic<bool>::is_always_lock_free);

void on_signal(int signal) {
  const int saved_errno = errno;
  if (signal == SIGHUP || is_stop_told.exchange(false)) {
    const auto number = static_cast<unsigned char>(signal);
    [[maybe_unused]] const auto written = ::write(tell_fd, &number, 1);
  } else {
    std::signal(signal, SIG_DFL);
    std::raise(signal);
  }
  errno = saved_errno;
}

}  // namespace

Signals::Signals() : has_terminal_(::isatty(STDERR_FILENO) == 1) {
  // Not to block in the handler, were more signals to come than anyone could want.
  if (::pipe2(pipe_, O_CLOEXEC | O_NONBLOCK) != 0) {
    throw std::system_error(errno, std::generic_category(), "pipe2");
  }
  tell_fd = pipe_[1];
  struct sigaction action {};
  action.sa_handler = on_signal;
  action.sa_flags = SA_RESTART;
  for (const int signal : {SIGTERM, SIGINT, SIGHUP}) ::sigaction(signal, &action, nullptr);
  std::signal(SIGPIPE, SIG_IGN);
}

Signals::~Signals() {
  is_stop_told = false;
  tell_fd = -1;
  ::close(pipe_[0]);
  ::close(pipe_[1]);
}

void Signals::arm() {
  is_stop_told = true;
}

std::optional<Signals::Came> Signals::wait_for(std::chrono::milliseconds time) {
  pollfd told{.fd = pipe_[0], .events = POLLIN, .revents = 0};
  unsigned char number = 0;
  if (::poll(&told, 1, static_cast<int>(time.count())) <= 0 || ::read(pipe_[0], &number, 1) != 1) {
    return std::nullopt;
  }
  const bool is_terminal_gone = has_terminal_ && ::isatty(STDERR_FILENO) != 1;
  return Came{number, number == SIGHUP && !is_terminal_gone ? Wish::reload : Wish::stop};
}

}  // namespace nexus::cli
