// The simulation is a function of its seed, goes well for some hundred of them, and notices broken promises.

#include "simulation/simulation.hpp"

#include <gtest/gtest.h>

namespace nexus::simulation {
namespace {

TEST(SimulationTest, one_seed_is_one_run) {
  for (std::uint64_t seed = 1; seed <= 20; ++seed) {
    const auto one = Simulation({.seed = seed}).run();
    const auto other = Simulation({.seed = seed}).run();
    ASSERT_EQ(one.trace_hash, other.trace_hash) << "seed " << seed;
    ASSERT_EQ(one.counts.operations(), other.counts.operations());
  }
}

TEST(SimulationTest, another_seed_is_another_run) {
  EXPECT_NE(Simulation({.seed = 1}).run().trace_hash, Simulation({.seed = 2}).run().trace_hash);
}

TEST(SimulationTest, a_trace_says_what_was_done) {
  const auto kept = Simulation({.seed = 1, .keeps_trace = true}).run();
  EXPECT_FALSE(kept.trace.empty());
  EXPECT_EQ(kept.trace_hash, Simulation({.seed = 1}).run().trace_hash);
}

TEST(SimulationTest, nothing_is_lost_and_nothing_wrong_is_served) {
  Counts counts;
  for (std::uint64_t seed = 1; seed <= 100; ++seed) {
    const auto verdict = Simulation({.seed = seed}).run();
    ASSERT_EQ(verdict.problem, "") << "seed " << seed;
    counts += verdict.counts;
  }
  // It is no proof when nothing went wrong.
  EXPECT_GT(counts.process_crashes, 0U);
  EXPECT_GT(counts.power_cuts, 0U);
  EXPECT_GT(counts.came_back, 0U);
  EXPECT_GT(counts.flips_refused, 0U);
  for (const auto fault : all_faults) {
    EXPECT_GT(counts.faults[static_cast<std::size_t>(fault)], 0U) << name(fault);
  }
}

class ControlTest : public ::testing::TestWithParam<Control> {};

TEST_P(ControlTest, a_broken_promise_is_noticed) {
  for (std::uint64_t seed = 1; seed <= 50; ++seed) {
    if (!Simulation({.seed = seed, .control = GetParam()}).run().problem.empty()) return;
  }
  FAIL() << "by none of the seeds";
}

INSTANTIATE_TEST_SUITE_P(, ControlTest,
                         ::testing::Values(Control::unsynced_writes, Control::ignored_errors,
                                           Control::ignored_syncs));

}  // namespace
}  // namespace nexus::simulation
