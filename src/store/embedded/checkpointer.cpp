#include "store/embedded/checkpointer.hpp"

#include <chrono>
#include <shared_mutex>

#include "store/crash_points.hpp"
#include "store/embedded/thread_name.hpp"
#include "store/embedded/window_writer.hpp"

namespace nexus::store::embedded {

namespace {

using std::chrono::milliseconds;

constexpr milliseconds wait_after_failure{1000};

}  // namespace

Checkpointer::Checkpointer(Database& database, CommitLog& log, State& state, WindowBounds least,
                           std::int64_t interval_ms, const Clock& clock, Threads threads)
    : database_(database),
      log_(log),
      state_(state),
      least_(least),
      interval_ms_(interval_ms),
      clock_(clock),
      items_(state.count_items()) {
  measure();
  if (threads == Threads::own) thread_ = std::thread([this] { loop(); });
}

Checkpointer::~Checkpointer() {
  {
    const std::scoped_lock lock(mutex_);
    is_stopping_ = true;
  }
  wake_.notify_all();
  room_.notify_all();
  if (thread_.joinable()) thread_.join();
}

bool Checkpointer::is_due() const {
  const auto [events, bytes] = bounds_for(least_, items_);
  return open_events_ >= events || open_bytes_ >= bytes;
}

bool Checkpointer::is_full() const {
  const auto [events, bytes] = pending_max(least_, items_);
  return pending_events_ >= events || pending_bytes_ >= bytes;
}

// With the state's mutex held.
void Checkpointer::measure() {
  std::uint64_t events = 0;
  std::uint64_t bytes = 0;
  for (const auto& window : state_.windows) {
    events += window->events();
    bytes += window->bytes();
  }
  pending_events_ = events;
  pending_bytes_ = bytes;
  open_events_ = state_.open_window().events();
  open_bytes_ = state_.open_window().bytes();
}

void Checkpointer::group_published() {
  {
    const std::shared_lock lock(state_.mutex);
    measure();
  }
  if (is_due()) wake_.notify_one();
}

domain::Result<void> Checkpointer::wait_for_room() {
  if (!is_full()) return {};
  if (!thread_.joinable()) {
    // Whether it failed is looked at below.
    [[maybe_unused]] const auto done = run();
  }
  std::unique_lock lock(mutex_);
  room_.wait(lock, [this] { return !is_full() || failure_ || is_stopping_; });
  if (!is_full() || !failure_) return {};
  return domain::fail(domain::ErrorCode::unavailable, "the store takes no writes: " + failure_->message);
}

Health Checkpointer::health() const {
  if (!is_full()) return {};
  const std::scoped_lock lock(mutex_);
  if (!failure_) return {};
  return {.takes_writes = false, .reason = failure_->message, .detail = failure_->host_detail};
}

void Checkpointer::loop() {
  name_thread("nexus-checkpt");
  bool failed = false;
  for (;;) {
    {
      std::unique_lock lock(mutex_);
      const auto patience = failed ? wait_after_failure : milliseconds(interval_ms_);
      wake_.wait_for(lock, patience, [&] { return is_stopping_ || (!failed && is_due()); });
      if (is_stopping_) return;
    }
    failed = !run();
  }
}

domain::Result<void> Checkpointer::run() {
  const std::scoped_lock alone(running_);
  auto done = run_locked();
  {
    const std::scoped_lock lock(mutex_);
    failure_ = done ? std::nullopt : std::optional(done.error());
  }
  room_.notify_all();
  return done;
}

domain::Result<void> Checkpointer::run_locked() {
  seal();
  for (;;) {
    WindowPtr window;
    {
      const std::shared_lock lock(state_.mutex);
      if (state_.windows.size() == 1) return {};
      window = state_.windows.front();
    }
    WindowWriter writer(database_, state_, *window, least_, clock_);
    if (auto written = writer.write(); !written) return written;
    {
      const std::unique_lock lock(state_.mutex);
      state_.windows.erase(state_.windows.begin());
      for (const auto& [tenant, id] : writer.archived()) tenant->reservations.forget(id);
      measure();
    }
    ++checkpoints_;
    room_.notify_all();
    crash_point("checkpoint.before_trim");
    if (auto status = log_.trim(window->end_sequence()); !status.ok()) {
      return std::unexpected(to_error("the commit log could not be trimmed", status));
    }
    crash_point("checkpoint.done");
  }
}

void Checkpointer::seal() {
  std::uint64_t items = 0;
  bool is_at_rest = false;
  {
    const std::shared_lock lock(state_.mutex);
    // What a failed checkpoint left sealed goes first; meanwhile the open window gathers on.
    if (state_.windows.size() > 1) return;
    is_at_rest = state_.open_window().is_empty();
    items = state_.count_items();
  }
  if (is_at_rest) return state_.window_maker.give_back_room();
  auto next = state_.window_maker.make(pending_max(least_, items).events);
  const std::unique_lock lock(state_.mutex);
  items_ = items;
  next->begin_at(state_.open_window().end_sequence());
  state_.windows.push_back(std::move(next));
  measure();
}

}  // namespace nexus::store::embedded
