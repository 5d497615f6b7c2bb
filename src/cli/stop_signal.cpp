#include "cli/stop_signal.hpp"

#include <atomic>
#include <cerrno>
#include <csignal>
#include <fcntl.h>
#include <poll.h>
#include <system_error>
#include <unistd.h>

namespace nexus::cli {

namespace {

// Where the handler tells of the first signal; -1 while nobody waits for it.
std::atomic<int> tell_fd = -1;
static_assert(std::atomic<int>::is_always_lock_free);

void on_signal(int signal) {
  const int saved_errno = errno;
  const int fd = tell_fd.exchange(-1);
  if (fd < 0) {
    std::signal(signal, SIG_DFL);
    std::raise(signal);
  } else {
    const auto number = static_cast<unsigned char>(signal);
    [[maybe_unused]] const auto written = ::write(fd, &number, 1);
  }
  errno = saved_errno;
}

}  // namespace

StopSignal::StopSignal() {
  if (::pipe2(pipe_, O_CLOEXEC) != 0) throw std::system_error(errno, std::generic_category(), "pipe2");
  struct sigaction action {};
  action.sa_handler = on_signal;
  action.sa_flags = SA_RESTART;
  ::sigaction(SIGTERM, &action, nullptr);
  ::sigaction(SIGINT, &action, nullptr);
  std::signal(SIGPIPE, SIG_IGN);
}

StopSignal::~StopSignal() {
  tell_fd = -1;
  ::close(pipe_[0]);
  ::close(pipe_[1]);
}

void StopSignal::arm() {
  tell_fd = pipe_[1];
}

std::optional<int> StopSignal::wait_for(std::chrono::milliseconds time) {
  pollfd told{.fd = pipe_[0], .events = POLLIN, .revents = 0};
  unsigned char number = 0;
  if (::poll(&told, 1, static_cast<int>(time.count())) <= 0 || ::read(pipe_[0], &number, 1) != 1) {
    return std::nullopt;
  }
  return number;
}

}  // namespace nexus::cli
