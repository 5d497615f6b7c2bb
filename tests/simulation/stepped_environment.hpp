#pragma once

#include <condition_variable>
#include <deque>
#include <memory>
#include <mutex>
#include <thread>
#include <vector>

#include <rocksdb/env.h>
#include <rocksdb/system_clock.h>

#include "simulation/virtual_disk.hpp"

namespace nexus::simulation {

// RocksDB's surroundings in which only one thing happens at a time. A flush, which its caller waits for, runs
// at once, on a thread of its own while the caller does nothing. Compactions are held back until they are
// asked for. The time is the simulation's.
class SteppedEnvironment final : public rocksdb::EnvWrapper {
 public:
  // Clock and disk must outlive it.
  SteppedEnvironment(const store::Clock& clock, const std::shared_ptr<VirtualDisk>& disk);
  ~SteppedEnvironment() override;

  const char* Name() const override { return "nexus.simulation.environment"; }

  std::size_t held_jobs() const;
  // Runs the oldest of them to its end.
  void run_held_job();
  // Returns when no job runs.
  void settle();

  void Schedule(void (*job)(void*), void* argument, Priority priority, void* tag,
                void (*when_dropped)(void*)) override;
  int UnSchedule(void* tag, Priority priority) override;
  unsigned GetThreadPoolQueueLen(Priority priority) const override;
  int ReserveThreads(int count, Priority priority) override;
  int ReleaseThreads(int count, Priority priority) override;
  void SetBackgroundThreads(int count, Priority priority) override;
  int GetBackgroundThreads(Priority priority) override;
  void IncBackgroundThreadsIfNeeded(int count, Priority priority) override;
  std::uint64_t NowMicros() override;
  std::uint64_t NowNanos() override;
  void SleepForMicroseconds(int micros) override;
  rocksdb::Status GetCurrentTime(std::int64_t* seconds) override;

 private:
  struct Job {
    void (*run)(void*);
    void* argument;
    Priority priority;
    void* tag;
    void (*drop)(void*);
  };
  void work();

  mutable std::mutex mutex_;
  std::condition_variable changed_;
  std::deque<Job> ready_;
  std::deque<Job> held_;
  bool is_running_ = false;
  bool is_ending_ = false;
  std::thread worker_;
};

}  // namespace nexus::simulation
