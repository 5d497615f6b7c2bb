// How the simulated machine fails, and what has to be there when it is up again.

#include <fmt/format.h>

#include "simulation/note.hpp"
#include "simulation/simulation.hpp"

namespace nexus::simulation {

using namespace domain;

namespace {

constexpr std::size_t tenants_at_first = 2;
constexpr std::size_t starts_max = 20;

}  // namespace

Result<std::unique_ptr<store::embedded::DrivenEngine>> Simulation::open_engine() {
  auto opened =
      store::embedded::open_driven_store({.directory = "/store",
                                          .checkpoint_events = checkpoint_events_,
                                          .sync_writes = settings_.control != Control::unsynced_writes},
                                         clock_, environment_);
  environment_.settle();
  return opened;
}

void Simulation::close_engine() {
  slow_readings_.clear();
  engine_.reset();
  environment_.settle();
  context_.restart();
  context_.poll();
  for (auto& write : queued_) {
    ++counts_.unknown;
    if (write->idempotency) retriable_.push_back(std::move(write));
  }
  queued_.clear();
}

void Simulation::open_first() {
  start_until_it_works(false);
  while (problem_.empty() && tenants_.size() < tenants_at_first) {
    auto write = std::make_shared<Write>();
    write->command = {
        .tenant = {}, .actor = "host", .request = CreateTenant{"tenant " + std::to_string(tenants_.size())}};
    send(std::move(write));
    run_group();
    if (disk_->is_stopped()) crash(chance(2));
  }
}

void Simulation::crash(bool is_power_cut) {
  note(is_power_cut ? "power cut" : "crash");
  ++(is_power_cut ? counts_.power_cuts : counts_.process_crashes);
  disk_->stop();
  close_engine();
  start_until_it_works(is_power_cut);
}

void Simulation::reopen() {
  run_group();
  if (!problem_.empty()) return;
  note("reopen");
  close_engine();
  start_until_it_works(false);
}

void Simulation::start_until_it_works(bool is_power_cut) {
  for (std::size_t start = 0; start < starts_max; ++start) {
    is_power_cut ? disk_->restart_machine() : disk_->start_process();
    if (chance(6)) disk_->stop_after(roll(120));
    const auto before = disk_->faults();
    auto opened = open_engine();
    ++counts_.restarts;
    note("start", opened.has_value());
    if (opened && !disk_->is_stopped()) {
      engine_ = std::move(*opened);
      faults_at_start_ = before;
      return expect(settle_unknown());
    }
    const bool is_excused = disk_->is_stopped() || disk_->is_full() || disk_->faults() != before;
    if (!is_excused) return expect("it does not start: " + opened.error().message);
    ++counts_.failed_starts;
    is_power_cut = disk_->is_stopped() && chance(2);
    disk_->stop();
    if (opened) opened->reset();
    environment_.settle();
    if (chance(2)) disk_->heal();
  }
  expect("it does not start, again and again");
}

// Of the commits whose writes had no answer, so many are there as came to the disk, in their order.
std::string Simulation::settle_unknown() {
  const auto settled = [&](Model found) {
    found.forget_clock();
    visible_ = std::move(found);
    ahead_ = visible_;
    unknown_.clear();
    clock_is_certain_ = true;
    // One may have come back.
    tenants_ = visible_.tenants();
    makers_.resize(tenants_.size());
    return std::string();
  };
  const auto problem = Audit(*engine_, visible_).everything();
  if (problem.empty()) return settled(std::move(visible_));
  for (const auto& chain : unknown_) {
    auto candidate = visible_;
    for (const auto& commit : chain) {
      candidate.apply(commit);
      if (!Audit(*engine_, candidate).everything().empty()) continue;
      counts_.came_back += candidate.next_sequence() - visible_.next_sequence();
      note("came back", candidate.next_sequence() - visible_.next_sequence());
      return settled(std::move(candidate));
    }
  }
  return "after a start: " + problem;
}

// A bit of the files of a store that was killed turns over: what is then told is right, or refused.
void Simulation::try_flipped_bits() {
  if (!is_healthy() || disk_->is_full()) return;
  run_group();
  if (!is_healthy() || !unknown_.empty() || !problem_.empty()) return;
  // A note that could not be written is behind, and does not tell that the last write is missing.
  if (disk_->is_stopped() || disk_->faults() != faults_at_start_) return;
  disk_->stop();
  close_engine();
  disk_->heal();
  disk_->start_process();
  const auto image = disk_->save();
  const auto place = disk_->flip_a_bit();
  ++counts_.flipped_bits;
  {
    auto opened = open_engine();
    note("flip", opened.has_value());
    if (!opened) {
      ++counts_.flips_refused;
    } else {
      const auto problem = Audit(**opened, visible_, true).everything();
      if (!problem.empty())
        expect(fmt::format("with {} turned over: {}", place.value_or("nothing"), problem));
      if (!Audit(**opened, visible_).verify().empty()) ++counts_.flips_refused;
      disk_->stop();
      opened->reset();
      environment_.settle();
    }
  }
  disk_->load(*image);
  start_until_it_works(false);
}

}  // namespace nexus::simulation
