#include "simulation/simulation.hpp"

#include <algorithm>

#include "simulation/note.hpp"
#include "store/crash_points.hpp"
#include "store/embedded/fault_settings.hpp"

namespace nexus::simulation {

using namespace domain;

namespace {

constexpr std::size_t trace_lines_max = 400;
constexpr std::uint64_t windows_before_room_is_scarce = 2;

}  // namespace

Counts& Counts::operator+=(const Counts& other) {
  writes += other.writes;
  retries += other.retries;
  reads += other.reads;
  acknowledged += other.acknowledged;
  refused += other.refused;
  unknown += other.unknown;
  groups += other.groups;
  checkpoints += other.checkpoints;
  compactions += other.compactions;
  expired += other.expired;
  process_crashes += other.process_crashes;
  power_cuts += other.power_cuts;
  failed_starts += other.failed_starts;
  restarts += other.restarts;
  came_back += other.came_back;
  flipped_bits += other.flipped_bits;
  flips_refused += other.flips_refused;
  disk_changes += other.disk_changes;
  for (std::size_t i = 0; i < faults.size(); ++i) faults[i] += other.faults[i];
  return *this;
}

void Simulation::keep_trace(std::string line) {
  trace_.push_back(std::move(line));
  if (trace_.size() > trace_lines_max) trace_.pop_front();
}

Simulation::Simulation(const Settings& settings)
    : settings_(settings),
      dice_(settings.seed * 2 + 1),
      disk_(std::make_shared<VirtualDisk>(clock_, settings.seed * 2)),
      environment_(clock_, disk_) {
  store::on_crash_point([this](std::string_view name) { at_point(name); });
  if (settings.control == Control::ignored_syncs) disk_->ignore_syncs();
  if (settings.control == Control::ignored_errors) {
    store::embedded::break_promise(store::embedded::Promise::errors);
  }
  draw_profile();
}

Simulation::~Simulation() {
  disk_->stop();
  close_engine();
  store::on_crash_point({});
  store::embedded::break_promise(store::embedded::Promise::none);
}

// Not every kind of trouble in every run: what is rare beside others gets its turn.
void Simulation::draw_profile() {
  const auto set = [&](Action action, std::uint32_t weight) {
    weights_[static_cast<std::size_t>(action)] = weight;
  };
  const auto maybe = [&](Action action, std::uint32_t weight) {
    set(action, chance(3) ? 0 : static_cast<std::uint32_t>(roll(std::uint64_t{2} * weight)));
  };
  set(Action::submit, 400 + static_cast<std::uint32_t>(roll(400)));
  set(Action::group, 50 + static_cast<std::uint32_t>(roll(300)));
  set(Action::read, 100 + static_cast<std::uint32_t>(roll(300)));
  maybe(Action::retry, 20);
  maybe(Action::slow_read, 20);
  maybe(Action::time, 30);
  maybe(Action::checkpoint, 8);
  maybe(Action::compaction, 8);
  maybe(Action::fault, 4);
  maybe(Action::fill, 3);
  set(Action::heal, 5);
  maybe(Action::crash, 3);
  maybe(Action::power_cut, 3);
  maybe(Action::stop_soon, 3);
  maybe(Action::reopen, 2);
  maybe(Action::flip, 2);
  maybe(Action::verify, 2);
  checkpoint_events_ = 10 + roll(150);
  stop_at_point_one_in_ = chance(2) ? 0 : 20 + roll(200);
  meanwhile_one_in_ = 1 + roll(4);
  clock_may_go_back_ = chance(4);
  if (!chance(8)) disk_->refuse_option_files();
}

Verdict Simulation::run() {
  open_first();
  while (problem_.empty() && steps_done_ < settings_.steps) step();
  if (problem_.empty()) finish();
  counts_.faults = disk_->faults();
  counts_.disk_changes = disk_->changes();
  return {
      .problem = problem_, .trace_hash = hash_, .trace = {trace_.begin(), trace_.end()}, .counts = counts_};
}

Simulation::Action Simulation::draw_action() {
  std::uint32_t sum = 0;
  for (const auto weight : weights_) sum += weight;
  auto left = static_cast<std::uint32_t>(roll(sum));
  for (std::size_t i = 0; i < weights_.size(); ++i) {
    if (left < weights_[i]) return static_cast<Action>(i);
    left -= weights_[i];
  }
  return Action::submit;
}

void Simulation::step() {
  ++steps_done_;
  do_action(draw_action());
  environment_.settle();
  if (!problem_.empty()) return;
  // What has stopped does not start by itself; a full disk is waited for.
  if (disk_->is_stopped()) {
    crash(chance(2));
  } else if (!is_healthy() && !disk_->is_full() && chance(8)) {
    chance(3) ? reopen() : crash(chance(2));
  }
}

void Simulation::do_action(Action action) {
  switch (action) {
    case Action::submit:
      return submit();
    case Action::retry:
      return retry();
    case Action::group:
      return run_group();
    case Action::read:
      return read();
    case Action::slow_read:
      return read_slowly();
    case Action::time:
      return let_time_pass();
    case Action::checkpoint:
      return make_checkpoint();
    case Action::compaction:
      return run_compaction();
    case Action::fault:
      return plan_fault();
    case Action::fill:
      note("disk fills");
      return disk_->fill_after(roll(4000), chance(2));
    case Action::heal:
      note("disk heals");
      return disk_->heal();
    case Action::crash:
      return crash(false);
    case Action::power_cut:
      return crash(true);
    case Action::stop_soon:
      note("will stop");
      return disk_->stop_after(roll(200));
    case Action::reopen:
      return reopen();
    case Action::flip:
      return try_flipped_bits();
    case Action::verify:
      note("verify");
      if (is_healthy() && !disk_->is_full()) expect(Audit(*engine_, visible_).verify());
      return;
  }
}

void Simulation::expect(const std::string& problem) {
  if (problem.empty() || !problem_.empty()) return;
  // What is read of a machine that is off tells nothing.
  if (disk_->is_stopped()) return;
  problem_ = problem;
  note("PROBLEM", problem);
}

bool Simulation::is_healthy() const {
  return engine_ && engine_->health().takes_writes;
}

void Simulation::read() {
  if (tenants_.empty()) return;
  ++counts_.reads;
  Audit audit(*engine_, visible_, !is_healthy() || disk_->is_stopped());
  const auto tenant = tenants_[roll(tenants_.size())];
  const auto& skus = test::CommandMaker::skus();
  const auto& sku = skus[roll(skus.size())];
  const auto kind = roll(16);
  note("read", kind);
  if (kind < 8) return expect(audit.item(tenant, sku));
  if (kind < 10) {
    store::ItemQuery query{.after = chance(2) ? "" : sku, .limit = 1 + roll(8)};
    if (chance(2)) query.statuses.add(static_cast<Status>(roll(status_count)));
    const auto warehouses = visible_.state_of(tenant).warehouses();
    if (chance(3) && !warehouses->empty()) query.warehouse = (*warehouses)[roll(warehouses->size())].id;
    if (chance(4)) query.skus = {sku, skus[roll(skus.size())]};
    return expect(audit.page(tenant, query));
  }
  if (kind < 13) {
    store::AdjustmentQuery query{.sku = sku};
    if (chance(3)) query.before_sequence = roll(visible_.next_sequence() + 2);
    if (chance(4)) query.reason = "cycle_count";
    return expect(audit.history(tenant, query, 1 + roll(20)));
  }
  if (kind < 15) {
    store::ReservationQuery query{.limit = 1 + roll(20)};
    if (chance(2)) query.statuses.add(static_cast<ReservationStatus>(roll(4)));
    if (chance(4)) query.sku = sku;
    return expect(audit.reservations(tenant, query));
  }
  const auto& all = visible_.state_of(tenant).all_reservations();
  if (all.empty()) return expect(audit.warehouses(tenant));
  expect(audit.reservation(tenant,
                           std::next(all.begin(), static_cast<std::ptrdiff_t>(roll(all.size())))->first));
}

void Simulation::read_slowly() {
  ++counts_.reads;
  note("slow read", slow_readings_.size());
  if (slow_readings_.size() < 3 && chance(2)) {
    if (!is_healthy()) return;
    const auto& skus = test::CommandMaker::skus();
    slow_readings_.emplace_back(*engine_, visible_, tenants_[roll(tenants_.size())], skus[roll(skus.size())]);
    return;
  }
  if (slow_readings_.empty()) return;
  auto& reading = slow_readings_[roll(slow_readings_.size())];
  expect(reading.read(1 + roll(6)));
  std::erase_if(slow_readings_, [](const auto& one) { return one.is_at_end(); });
}

// Some seconds, now and then a day, and in some runs back.
void Simulation::let_time_pass() {
  auto by_ms = static_cast<std::int64_t>(roll(chance(4) ? 40'000 : 2000));
  if (clock_may_go_back_) {
    if (clock_is_certain_ && chance(5)) by_ms = -by_ms;
  } else if (chance(20)) {
    by_ms += store::answer_kept_ms;
  }
  note("time", by_ms);
  clock_.advance_ms(by_ms);
}

void Simulation::make_checkpoint() {
  if (is_in_checkpoint_) return;
  // More runs than RocksDB has compacted would be waited for.
  while (environment_.held_jobs() > 0 && chance(2)) run_compaction();
  const auto before = engine_->figures().checkpoints;
  is_in_checkpoint_ = true;
  const auto done = engine_->checkpoint();
  is_in_checkpoint_ = false;
  environment_.settle();
  counts_.checkpoints += engine_->figures().checkpoints - before;
  note("checkpoint", done.has_value());
}

void Simulation::run_compaction() {
  if (environment_.held_jobs() == 0) return;
  ++counts_.compactions;
  // Where the output turns out empty and cannot be written, the distribution's RocksDB ends the process by an
  // assertion: what would fail there fails at the next change.
  disk_->spare_tables(true);
  environment_.run_held_job();
  disk_->spare_tables(false);
  note("compaction");
}

void Simulation::plan_fault() {
  const auto fault = all_faults[roll(3)];
  const auto nth = roll(fault == Fault::write ? 100 : 30);
  const bool lasts = chance(3);
  note("fault", name(fault), nth, lasts);
  disk_->fail(fault, nth, lasts);
}

// Where the engine's threads could meet: what another one could do right now is done.
void Simulation::at_point(std::string_view name) {
  // A flush wakes its caller before it has put away what it replaced.
  environment_.settle();
  if (disk_->is_stopped() || !problem_.empty() || !engine_) return;
  if (chance(stop_at_point_one_in_)) {
    note("stop at", name);
    return disk_->stop();
  }
  if (round_ != nullptr && (name == "log.before_write" || name == "log.published")) {
    if (!round_->is_sure) return;
    if (name == "log.published") {
      publish_until(engine_->figures().commits);
    } else if (engine_->figures().commits != round_->published_before + round_->published) {
      expect("what is not durable yet is visible");
    }
    if (chance(meanwhile_one_in_)) read();
  } else if (is_in_checkpoint_ &&
             (name == "checkpoint.ledger_written" || name == "checkpoint.records_written" ||
              name == "checkpoint.ingested" || name == "checkpoint.done")) {
    if (chance(meanwhile_one_in_)) meanwhile();
  }
}

void Simulation::meanwhile() {
  for (auto count = roll(6); count > 0 && problem_.empty() && !disk_->is_stopped(); --count) {
    const auto kind = roll(8);
    const auto pending = engine_->figures().log_events_not_checkpointed;
    if (kind < 4) {
      submit();
    } else if (kind < 6) {
      if (pending < windows_before_room_is_scarce * checkpoint_events_) run_group();
    } else if (kind < 7) {
      read();
    } else {
      let_time_pass();
    }
  }
}

void Simulation::finish() {
  note("finish");
  disk_->heal();
  if (!is_healthy()) crash(false);
  if (!problem_.empty()) return;
  run_group();
  if (!problem_.empty()) return;
  if (disk_->is_stopped()) crash(false);
  // Half of them by a clean end, the others by a crash.
  chance(2) ? reopen() : crash(chance(2));
  if (!problem_.empty()) return;
  expect(Audit(*engine_, visible_).verify());
  note("end", visible_.next_sequence());
}

}  // namespace nexus::simulation
