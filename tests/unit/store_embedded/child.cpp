#include "child.hpp"

#include <array>
#include <csignal>
#include <sstream>
#include <stdexcept>
#include <thread>
#include <unistd.h>

#include <sys/wait.h>

namespace nexus::test {

namespace {

[[noreturn]] void become_child(int output, const std::string& folder, const std::string& lanes,
                               const std::string& steps, const std::string& crash_point) {
  ::dup2(output, STDOUT_FILENO);
  if (crash_point.empty()) {
    ::unsetenv("NEXUS_CRASH_POINT");
  } else {
    ::setenv("NEXUS_CRASH_POINT", crash_point.c_str(), 1);
  }
  ::execl(CRASH_CHILD, CRASH_CHILD, folder.c_str(), lanes.c_str(), steps.c_str(), nullptr);
  ::_exit(127);
}

std::string read_all(int from) {
  std::string text;
  std::array<char, 4096> buffer{};
  for (ssize_t size = 0; (size = ::read(from, buffer.data(), buffer.size())) > 0;) {
    text.append(buffer.data(), static_cast<std::size_t>(size));
  }
  return text;
}

}  // namespace

ChildRun run_child(const std::filesystem::path& folder, int lanes, std::int64_t steps,
                   const std::string& crash_point, std::optional<std::chrono::milliseconds> kill_after) {
  std::array<int, 2> ends{};
  if (::pipe(ends.data()) != 0) throw std::runtime_error("no pipe");
  const auto lanes_text = std::to_string(lanes);
  const auto steps_text = std::to_string(steps);
  const auto folder_text = folder.string();
  const pid_t child = ::fork();
  if (child == 0) become_child(ends[1], folder_text, lanes_text, steps_text, crash_point);
  ::close(ends[1]);
  std::thread killer;
  if (kill_after) {
    killer = std::thread([child, after = *kill_after] {
      std::this_thread::sleep_for(after);
      ::kill(child, SIGKILL);
    });
  }
  std::istringstream output(read_all(ends[0]));
  ::close(ends[0]);
  if (killer.joinable()) killer.join();
  int status = 0;
  ::waitpid(child, &status, 0);

  ChildRun run;
  run.was_killed = WIFSIGNALED(status) && WTERMSIG(status) == SIGKILL;
  run.exit_code = WIFEXITED(status) ? WEXITSTATUS(status) : -1;
  int lane = 0;
  std::int64_t step = 0;
  while (output >> lane >> step) run.acknowledged[lane] = step;
  return run;
}

}  // namespace nexus::test
