#pragma once

#include <array>
#include <cstdint>
#include <deque>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <boost/asio/io_context.hpp>

#include "simulation/audit.hpp"
#include "simulation/model.hpp"
#include "simulation/stepped_environment.hpp"
#include "simulation/virtual_disk.hpp"
#include "support/command_maker.hpp"
#include "support/manual_clock.hpp"

namespace nexus::simulation {

// Breaks a promise on purpose: the simulation has to notice.
enum class Control : std::uint8_t {
  none,
  unsynced_writes,  // the engine's own switch: acknowledged is what is not synced
  ignored_errors,   // likewise: a write that failed is acknowledged
  ignored_syncs,    // the disk says that it has synced, and has not
};

struct Settings {
  std::uint64_t seed = 0;
  std::uint32_t steps = 600;
  bool keeps_trace = false;
  Control control = Control::none;
};

// What was done and what was made to go wrong, of one run or of many.
struct Counts {
  std::uint64_t writes = 0;
  std::uint64_t retries = 0;
  std::uint64_t reads = 0;
  std::uint64_t acknowledged = 0;
  std::uint64_t refused = 0;  // for what was asked
  std::uint64_t unknown = 0;  // no answer, or that the store takes no writes
  std::uint64_t groups = 0;
  std::uint64_t checkpoints = 0;
  std::uint64_t compactions = 0;
  std::uint64_t expired = 0;
  std::uint64_t process_crashes = 0;
  std::uint64_t power_cuts = 0;
  std::uint64_t failed_starts = 0;  // that a fault kept from being one
  std::uint64_t restarts = 0;
  std::uint64_t came_back = 0;  // commits without an answer that were there after a crash
  std::uint64_t flipped_bits = 0;
  std::uint64_t flips_refused = 0;  // by the start or a read; the others changed nothing that is told
  std::uint64_t disk_changes = 0;
  VirtualDisk::FaultCounts faults{};

  std::uint64_t operations() const { return writes + reads; }
  Counts& operator+=(const Counts& other);
};

struct Verdict {
  std::string problem;  // empty when everything was as it has to be
  std::uint64_t trace_hash = 0;
  std::vector<std::string> trace;  // the last steps, when they were to be kept
  Counts counts;
};

// One run of the embedded engine on a virtual clock and disk, between simulated clients and the model. It is
// a function of its settings: the same ones do the same, step by step.
class Simulation {
 public:
  explicit Simulation(const Settings& settings);
  ~Simulation();
  Simulation(const Simulation&) = delete;
  Simulation& operator=(const Simulation&) = delete;

  Verdict run();

 private:
  enum class Action : std::uint8_t {
    submit,
    retry,
    group,
    read,
    slow_read,
    time,
    checkpoint,
    compaction,
    fault,
    fill,
    heal,
    crash,
    power_cut,
    stop_soon,
    reopen,
    flip,
    verify,
  };
  static constexpr std::size_t action_count = 17;

  // A write on its way, or answered.
  struct Write {
    domain::Command command;
    std::optional<Idempotency> idempotency;
    std::size_t tenant = 0;
    std::uint32_t number = 0;
    std::optional<Result<Executed>> result;
  };
  using WritePtr = std::shared_ptr<Write>;

  // What a round of the writer has to do, found out beforehand.
  struct Round {
    struct Expected {
      Result<Executed> result;
      std::size_t commits_before;  // of the round
      bool makes_commit;
    };
    std::vector<WritePtr> writes;
    std::vector<Expected> expected;          // one for each write
    std::vector<domain::CommitPtr> commits;  // first those of `expired` reservations
    std::size_t expired = 0;
    bool may_be_judged = true;  // the store takes writes, or may be about to
    bool is_sure = true;        // all of them will be judged
    std::uint64_t published_before = 0;
    std::size_t published = 0;
    domain::Time clock_before;
  };

  void draw_profile();
  Action draw_action();
  void step();
  void do_action(Action action);

  void submit();
  void retry();
  void send(WritePtr write);
  domain::Command make_command(std::size_t tenant);
  std::optional<Idempotency> make_idempotency();
  void run_group();
  void foresee(Round& round);
  void settle_round(Round& round);
  void forget_ahead(domain::Time clock);
  void settle_write(const Round& round, std::size_t index, bool is_cut_short);
  void saw(const Write& write, const Executed& executed);
  void publish_until(std::uint64_t commits);
  void read();
  void read_slowly();
  void let_time_pass();
  void make_checkpoint();
  void run_compaction();
  void plan_fault();
  void at_point(std::string_view name);
  void meanwhile();

  void open_first();
  void crash(bool is_power_cut);
  void reopen();
  void start_until_it_works(bool is_power_cut);
  std::string settle_unknown();
  void try_flipped_bits();
  void finish();
  domain::Result<std::unique_ptr<store::embedded::DrivenEngine>> open_engine();
  void close_engine();

  bool is_healthy() const;
  std::uint64_t roll(std::uint64_t below) { return dice_() % below; }
  bool chance(std::uint64_t one_in) { return one_in != 0 && dice_() % one_in == 0; }
  void expect(const std::string& problem);
  template <typename... Args>
  void note(std::string_view what, const Args&... args);
  void keep_trace(std::string line);

  const Settings settings_;
  Dice dice_;
  test::ManualClock clock_;
  std::shared_ptr<VirtualDisk> disk_;
  SteppedEnvironment environment_;
  boost::asio::io_context context_{1};
  std::unique_ptr<store::embedded::DrivenEngine> engine_;

  // What readers see, and what it will be when the round that is under way has become durable.
  Model visible_;
  Model ahead_;
  // Commits whose writes had no answer, as they would follow what is visible: after the next start so many
  // of one row are there as came to the disk.
  std::vector<std::vector<domain::CommitPtr>> unknown_;
  Round* round_ = nullptr;  // under way

  std::vector<WritePtr> queued_;
  std::vector<WritePtr> retriable_;
  std::vector<domain::TenantId> tenants_;
  std::vector<test::CommandMaker> makers_;
  std::vector<domain::KeyId> keys_;
  std::vector<Audit::SlowReading> slow_readings_;
  std::uint32_t writes_made_ = 0;
  bool is_in_checkpoint_ = false;
  bool clock_is_certain_ = true;  // whether it is known when the engine last looked at it
  VirtualDisk::FaultCounts faults_at_start_{};

  // Drawn from the seed.
  std::array<std::uint32_t, action_count> weights_{};
  std::uint64_t checkpoint_events_ = 50;
  std::uint64_t stop_at_point_one_in_ = 0;
  std::uint64_t meanwhile_one_in_ = 2;
  bool clock_may_go_back_ = false;

  std::string problem_;
  std::uint64_t hash_ = 14695981039346656037ULL;
  std::deque<std::string> trace_;
  std::uint64_t steps_done_ = 0;
  Counts counts_;
};

}  // namespace nexus::simulation
