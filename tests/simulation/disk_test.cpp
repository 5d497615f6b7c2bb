// What single faults of the disk leave behind, one after the other: what was found by seeds stays mended.

#include <gtest/gtest.h>

#include "simulation/audit.hpp"
#include "simulation/stepped_environment.hpp"
#include "store/wait.hpp"
#include "support/manual_clock.hpp"

namespace nexus::simulation {
namespace {

using store::embedded::DrivenEngine;

// A store with one tenant, and what it has to hold.
class DiskTest : public ::testing::Test {
 protected:
  domain::Result<std::unique_ptr<DrivenEngine>> open() {
    return store::embedded::open_driven_store({.directory = "/store"}, clock_, environment_);
  }

  void open_and_write() {
    engine_ = open().value();
    execute({.tenant = {}, .actor = "host", .request = domain::CreateTenant{"tenant"}});
    const auto tenant = model_.tenants().front();
    for (const char* sku : {"A", "B", "SKU-001"}) {
      execute({.tenant = tenant, .actor = "one", .request = domain::CreateItem{.sku = sku, .settings = {}}});
    }
  }

  void execute(const domain::Command& command) {
    std::optional<Result<Executed>> result;
    boost::asio::io_context context;
    boost::asio::co_spawn(
        context, engine_->execute(command, std::nullopt),
        [&](const std::exception_ptr& /*thrown*/, Result<Executed> told) { result = std::move(told); });
    context.poll();
    engine_->write_group();
    context.restart();
    context.poll();
    ASSERT_TRUE(result && *result);
    model_.apply((*result)->commit);
  }

  void stop() {
    disk_->stop();
    engine_.reset();
    environment_.settle();
  }

  std::string audit() {
    auto opened = open();
    if (!opened) return opened.error().message;
    engine_ = std::move(*opened);
    auto problem = Audit(*engine_, model_).everything();
    return problem.empty() ? Audit(*engine_, model_).verify() : problem;
  }

  test::ManualClock clock_;
  std::shared_ptr<VirtualDisk> disk_ = std::make_shared<VirtualDisk>(clock_, 1);
  SteppedEnvironment environment_{clock_, disk_};
  std::unique_ptr<DrivenEngine> engine_;
  Model model_;
};

TEST_F(DiskTest, a_new_store_is_there_after_a_power_cut) {
  open_and_write();
  stop();
  disk_->restart_machine();
  EXPECT_EQ(audit(), "");
}

// The nth fault of each kind that a checkpoint can meet, then the end of the process or of the machine.
class CheckpointFaultTest : public DiskTest,
                            public ::testing::WithParamInterface<std::tuple<Fault, int, bool>> {};

TEST_P(CheckpointFaultTest, a_store_starts_after_a_checkpoint_that_failed) {
  const auto [fault, nth, is_power_cut] = GetParam();
  open_and_write();
  disk_->fail(fault, static_cast<std::uint64_t>(nth), false);
  [[maybe_unused]] const auto done = engine_->checkpoint();
  disk_->heal();
  stop();
  is_power_cut ? disk_->restart_machine() : disk_->start_process();
  EXPECT_EQ(audit(), "");
}

INSTANTIATE_TEST_SUITE_P(, CheckpointFaultTest,
                         ::testing::Combine(::testing::Values(Fault::write, Fault::sync, Fault::name),
                                            ::testing::Range(0, 24), ::testing::Bool()));

}  // namespace
}  // namespace nexus::simulation
