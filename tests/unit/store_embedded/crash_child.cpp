// Writes steps into a store until it is killed, or has done as many as it was told to. What was acknowledged
// goes to standard output, as "LANE STEP" lines.

#include <cstdlib>
#include <string>
#include <thread>
#include <unistd.h>
#include <vector>

#include "shop.hpp"

namespace {

void say(int lane, std::int64_t step) {
  const auto line = std::to_string(lane) + " " + std::to_string(step) + "\n";
  if (::write(STDOUT_FILENO, line.data(), line.size()) < 0) std::abort();
}

void write_steps(nexus::test::Shop& shop, int lane, std::int64_t count) {
  const auto done = shop.steps(lane);
  for (auto step = done + 1; step <= done + count; ++step) {
    if (!shop.do_step(step, lane)) return;
    say(lane, step);
  }
}

}  // namespace

int main(int argc, char** argv) {
  if (argc != 4) return 2;
  const std::filesystem::path folder = argv[1];
  const int lanes = std::stoi(argv[2]);
  const auto count = std::stoll(argv[3]);
  nexus::test::Shop shop(folder, {.checkpoint_events = 40}, lanes);
  std::vector<std::thread> threads;
  threads.reserve(static_cast<std::size_t>(lanes));
  for (int lane = 0; lane < lanes; ++lane) {
    threads.emplace_back([&shop, lane, count] { write_steps(shop, lane, count); });
  }
  for (auto& thread : threads) thread.join();
  if (!shop.store().checkpoint()) return 1;
  auto backup = folder;
  backup += "-backup-" + std::to_string(::getpid());
  if (!shop.store().backup(backup, nullptr)) return 1;
  return 0;
}
