// Runs seeds of the simulation and says what came of them.

#include <algorithm>
#include <chrono>
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <ctime>
#include <string>
#include <string_view>
#include <unistd.h>

#include <CLI/CLI.hpp>
#include <fmt/format.h>

#include "simulation/simulation.hpp"

namespace {

using namespace nexus::simulation;
using Seconds = std::chrono::duration<double>;

struct Arguments {
  std::string seeds = "1..1000";
  std::uint64_t first = 1;
  std::uint64_t last = 1000;
  double minutes = 0;
  std::uint32_t steps = Settings{}.steps;
  bool prints_trace = false;
  bool is_json = false;
  bool is_control = false;
  Control control = Control::none;
};

struct Total {
  std::uint64_t seeds = 0;
  std::uint64_t failures = 0;
  std::uint64_t failed_seed = 0;
  std::string problem;
  Counts counts;
  double seconds = 0;
  double core_seconds = 0;  // of the processor
};

void print_trace(const Verdict& verdict) {
  for (const auto& line : verdict.trace) fmt::print("{}\n", line);
}

std::string faults_text(const Counts& counts, std::string_view form, std::string_view between) {
  std::string text;
  for (const auto fault : all_faults) {
    if (!text.empty()) text += between;
    text += fmt::format(fmt::runtime(form), name(fault), counts.faults[static_cast<std::size_t>(fault)]);
  }
  return text;
}

double a_core_minute(const Total& total, std::uint64_t count) {
  return static_cast<double>(count) / std::max(total.core_seconds, 0.001) * 60;
}

void print_text(const Total& total) {
  const auto& c = total.counts;
  fmt::print("{} seeds in {:.1f} s ({:.0f} a second), {} operations\n", total.seeds, total.seconds,
             static_cast<double>(total.seeds) / total.seconds, c.operations());
  fmt::print("  {:.1f} s of one core: {:.0f} seeds and {:.2f} million operations a core-minute\n",
             total.core_seconds, a_core_minute(total, total.seeds),
             a_core_minute(total, c.operations()) / 1e6);
  fmt::print("  {} writes ({} retries): {} acknowledged, {} refused, {} without an answer; {} reads\n",
             c.writes, c.retries, c.acknowledged, c.refused, c.unknown, c.reads);
  fmt::print("  {} crashes, {} power cuts, {} starts of which {} failed by a fault; {} commits came back\n",
             c.process_crashes, c.power_cuts, c.restarts, c.failed_starts, c.came_back);
  fmt::print("  faults: {}; {} flipped bits of which {} were refused\n", faults_text(c, "{} {}", ", "),
             c.flipped_bits, c.flips_refused);
  fmt::print("  {} rounds, {} checkpoints, {} compactions, {} expired reservations, {} changes of the disk\n",
             c.groups, c.checkpoints, c.compactions, c.expired, c.disk_changes);
  fmt::print("  losses: {}\n", total.failures);
}

void print_json(const Total& total) {
  const auto& c = total.counts;
  fmt::print(
      R"({{"seeds":{},"seconds":{:.1f},"operations":{},"operations_per_core_minute":{:.0f},"writes":{},"retries":{},"acknowledged":{},)"
      R"("refused":{},"unknown":{},"reads":{},"process_crashes":{},"power_cuts":{},"starts":{},"failed_starts":{},)"
      R"("came_back":{},"faults":{{{}}},"flipped_bits":{},"flips_refused":{},"checkpoints":{},"compactions":{},)"
      R"("expired":{},"losses":{},"failed_seed":{}}})"
      "\n",
      total.seeds, total.seconds, c.operations(), a_core_minute(total, c.operations()), c.writes, c.retries,
      c.acknowledged, c.refused, c.unknown, c.reads, c.process_crashes, c.power_cuts, c.restarts,
      c.failed_starts, c.came_back, faults_text(c, R"("{}":{})", ","), c.flipped_bits, c.flips_refused,
      c.checkpoints, c.compactions, c.expired, total.failures,
      total.failures > 0 ? std::to_string(total.failed_seed) : "null");
}

void tell_failure(const Arguments& arguments, std::uint64_t seed, const Verdict& verdict) {
  fmt::print(stderr, "seed {}: {}\n", seed, verdict.problem);
  // The same run once more, with its steps.
  Simulation again(
      {.seed = seed, .steps = arguments.steps, .keeps_trace = true, .control = arguments.control});
  const auto same = again.run();
  for (const auto& line : same.trace) fmt::print(stderr, "{}\n", line);
  if (same.trace_hash != verdict.trace_hash) fmt::print(stderr, "the second run went another way\n");
}

Total run(const Arguments& arguments) {
  Total total;
  const auto start = std::chrono::steady_clock::now();
  const auto elapsed = [&] { return Seconds(std::chrono::steady_clock::now() - start).count(); };
  double said_at = 0;
  for (auto seed = arguments.first;
       arguments.minutes > 0 ? elapsed() < arguments.minutes * 60 : seed <= arguments.last; ++seed) {
    Simulation simulation({.seed = seed,
                           .steps = arguments.steps,
                           .keeps_trace = arguments.prints_trace,
                           .control = arguments.control});
    const auto verdict = simulation.run();
    ++total.seeds;
    total.counts += verdict.counts;
    if (arguments.prints_trace) {
      print_trace(verdict);
      fmt::print("seed {}: trace {:016x}\n", seed, verdict.trace_hash);
    }
    if (!verdict.problem.empty()) {
      total.problem = verdict.problem;
      total.failed_seed = seed;
      ++total.failures;
      if (!arguments.is_control && !arguments.prints_trace) tell_failure(arguments, seed, verdict);
      break;
    }
    if (!arguments.is_json && !arguments.prints_trace && elapsed() > said_at + 10) {
      said_at = elapsed();
      fmt::print(stderr, "{:.0f} s: {} seeds, {} operations\n", said_at, total.seeds,
                 total.counts.operations());
    }
  }
  total.seconds = elapsed();
  total.core_seconds = static_cast<double>(std::clock()) / CLOCKS_PER_SEC;
  return total;
}

// An assertion of the engine notices too.
void end_by_assertion(int /*signal*/) {
  constexpr std::string_view text = "noticed by an assertion\n";
  std::_Exit(::write(STDOUT_FILENO, text.data(), text.size()) > 0 ? 0 : 1);
}

bool parse_seeds(Arguments& arguments) {
  const auto dots = arguments.seeds.find("..");
  if (dots == std::string::npos) return false;
  return CLI::detail::lexical_cast(arguments.seeds.substr(0, dots), arguments.first) &&
         CLI::detail::lexical_cast(arguments.seeds.substr(dots + 2), arguments.last);
}

}  // namespace

int main(int argc, char** argv) {
  Arguments arguments;
  std::uint64_t seed = 0;
  std::string control = "none";
  CLI::App app("Runs the engine on a virtual clock and disk, with injected faults, against a model.");
  app.add_option("--seeds", arguments.seeds, "From the first to the last, as 1..1000")->capture_default_str();
  auto* one = app.add_option("--seed", seed, "This one only");
  app.add_option("--minutes", arguments.minutes, "Go on from the first seed for so long");
  app.add_option("--steps", arguments.steps, "Of each run")->capture_default_str();
  app.add_flag("--trace", arguments.prints_trace, "Print the steps");
  app.add_flag("--json", arguments.is_json, "Print the figures as JSON");
  app.add_flag("--must-fail", arguments.is_control,
               "A positive control: succeed when a seed finds a problem");
  app.add_option("--control", control, "Break a promise: unsynced_writes, ignored_errors or ignored_syncs")
      ->check(CLI::IsMember({"none", "unsynced_writes", "ignored_errors", "ignored_syncs"}));
  CLI11_PARSE(app, argc, argv);
  if (!parse_seeds(arguments)) {
    fmt::print(stderr, "--seeds is to be like 1..1000\n");
    return 2;
  }
  if (one->count() > 0) arguments.first = arguments.last = seed;
  if (control == "unsynced_writes") arguments.control = Control::unsynced_writes;
  if (control == "ignored_errors") arguments.control = Control::ignored_errors;
  if (control == "ignored_syncs") arguments.control = Control::ignored_syncs;

  if (arguments.is_control) std::signal(SIGABRT, end_by_assertion);
  const auto total = run(arguments);
  arguments.is_json ? print_json(total) : print_text(total);
  if (arguments.is_control) {
    if (total.failures == 0) fmt::print(stderr, "the broken promise was not noticed\n");
    if (total.failures > 0) fmt::print("seed {} noticed: {}\n", total.failed_seed, total.problem);
    return total.failures > 0 ? 0 : 1;
  }
  return total.failures > 0 ? 1 : 0;
}
