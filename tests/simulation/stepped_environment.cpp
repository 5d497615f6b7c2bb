#include "simulation/stepped_environment.hpp"

#include <utility>

namespace nexus::simulation {

namespace {

class SteppedClock final : public rocksdb::SystemClock {
 public:
  explicit SteppedClock(const store::Clock& clock) : clock_(clock) {}
  const char* Name() const override { return "nexus.simulation.clock"; }
  std::uint64_t NowMicros() override { return static_cast<std::uint64_t>(clock_.now().ms) * 1000; }
  void SleepForMicroseconds(int /*micros*/) override {}
  rocksdb::Status GetCurrentTime(std::int64_t* seconds) override {
    *seconds = clock_.now().ms / 1000;
    return {};
  }
  std::string TimeToString(std::uint64_t seconds) override { return std::to_string(seconds); }

 private:
  const store::Clock& clock_;
};

}  // namespace

SteppedEnvironment::SteppedEnvironment(const store::Clock& clock, const std::shared_ptr<VirtualDisk>& disk)
    : EnvWrapper(rocksdb::NewCompositeEnv(disk)) {
  file_system_ = disk;
  system_clock_ = std::make_shared<SteppedClock>(clock);
  worker_ = std::thread([this] { work(); });
}

SteppedEnvironment::~SteppedEnvironment() {
  {
    const std::scoped_lock lock(mutex_);
    is_ending_ = true;
  }
  changed_.notify_all();
  worker_.join();
}

std::size_t SteppedEnvironment::held_jobs() const {
  const std::scoped_lock lock(mutex_);
  return held_.size();
}

void SteppedEnvironment::run_held_job() {
  {
    const std::scoped_lock lock(mutex_);
    if (held_.empty()) return;
    ready_.push_back(held_.front());
    held_.pop_front();
  }
  changed_.notify_all();
  settle();
}

void SteppedEnvironment::settle() {
  std::unique_lock lock(mutex_);
  changed_.wait(lock, [this] { return ready_.empty() && !is_running_; });
}

void SteppedEnvironment::work() {
  std::unique_lock lock(mutex_);
  for (;;) {
    changed_.wait(lock, [this] { return is_ending_ || !ready_.empty(); });
    if (ready_.empty()) return;
    const auto job = ready_.front();
    ready_.pop_front();
    is_running_ = true;
    lock.unlock();
    job.run(job.argument);
    lock.lock();
    is_running_ = false;
    changed_.notify_all();
  }
}

void SteppedEnvironment::Schedule(void (*job)(void*), void* argument, Priority priority, void* tag,
                                  void (*when_dropped)(void*)) {
  {
    const std::scoped_lock lock(mutex_);
    (priority == HIGH ? ready_ : held_)
        .push_back(
            {.run = job, .argument = argument, .priority = priority, .tag = tag, .drop = when_dropped});
  }
  changed_.notify_all();
}

int SteppedEnvironment::UnSchedule(void* tag, Priority priority) {
  std::vector<Job> dropped;
  {
    const std::scoped_lock lock(mutex_);
    for (auto* jobs : {&ready_, &held_}) {
      std::erase_if(*jobs, [&](const Job& job) {
        if (job.tag != tag || job.priority != priority) return false;
        dropped.push_back(job);
        return true;
      });
    }
  }
  for (const auto& job : dropped) {
    if (job.drop != nullptr) job.drop(job.argument);
  }
  return static_cast<int>(dropped.size());
}

unsigned SteppedEnvironment::GetThreadPoolQueueLen(Priority /*priority*/) const {
  return 0;
}
int SteppedEnvironment::ReserveThreads(int /*count*/, Priority /*priority*/) {
  return 0;
}
int SteppedEnvironment::ReleaseThreads(int /*count*/, Priority /*priority*/) {
  return 0;
}
void SteppedEnvironment::SetBackgroundThreads(int /*count*/, Priority /*priority*/) {}
int SteppedEnvironment::GetBackgroundThreads(Priority /*priority*/) {
  return 1;
}
void SteppedEnvironment::IncBackgroundThreadsIfNeeded(int /*count*/, Priority /*priority*/) {}

std::uint64_t SteppedEnvironment::NowMicros() {
  return system_clock_->NowMicros();
}
std::uint64_t SteppedEnvironment::NowNanos() {
  return system_clock_->NowNanos();
}
void SteppedEnvironment::SleepForMicroseconds(int micros) {
  system_clock_->SleepForMicroseconds(micros);
}
rocksdb::Status SteppedEnvironment::GetCurrentTime(std::int64_t* seconds) {
  return system_clock_->GetCurrentTime(seconds);
}

}  // namespace nexus::simulation
