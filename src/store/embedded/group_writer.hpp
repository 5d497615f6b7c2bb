#pragma once

#include <atomic>
#include <chrono>
#include <functional>
#include <memory>
#include <mutex>
#include <span>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "store/clock.hpp"
#include "store/embedded/acknowledged.hpp"
#include "store/embedded/archive.hpp"
#include "store/embedded/checkpointer.hpp"
#include "store/embedded/commit_group.hpp"
#include "store/embedded/commit_log.hpp"
#include "store/embedded/operation.hpp"
#include "store/embedded/state.hpp"
#include "store/embedded/tenant_view.hpp"
#include "store/embedded/threads.hpp"
#include "store/maintenance.hpp"

namespace nexus::store::embedded {

// The one thread that decides: it takes what waits, judges it in order, makes a group of it durable with one
// sync, then visible, then answers. While a group syncs, the next one gathers in the queue.
//
// An answer is only given when everything it was judged on is durable, a refusal too. After a failed write
// nothing is taken any more; only a full disk is waited for.
class GroupWriter {
 public:
  // All of them must outlive it.
  GroupWriter(State& state, CommitLog& log, const Archive& archive, Checkpointer& checkpointer,
              std::optional<AcknowledgedNote>& note, const Clock& clock, Threads threads);
  // Finishes what was accepted.
  ~GroupWriter();
  GroupWriter(const GroupWriter&) = delete;
  GroupWriter& operator=(const GroupWriter&) = delete;

  // Any thread. The operation is completed in any case.
  void submit(OperationPtr operation);

  // One round, on the thread or, without one, on the owner's: waits so long for something to do. False when
  // nothing will come any more.
  bool run_once(std::chrono::milliseconds wait_max);

  Health health() const;

  struct Figures {
    std::atomic<std::uint64_t> commits{0};
    std::atomic<std::uint64_t> events{0};
    std::atomic<std::uint64_t> groups{0};
    std::atomic<std::uint64_t> log_bytes{0};
  };
  const Figures& figures() const { return figures_; }

 private:
  enum class Mode : std::uint8_t { open, waits_for_space, stopped };

  void loop();
  std::chrono::milliseconds patience() const;
  // Has the items of the next single writes fetched from memory, all side by side.
  void foresee(std::span<const OperationPtr> operations) const;
  void process(OperationPtr operation);
  void release_expired();
  Result<Executed> judge(const domain::Command& command, const std::optional<Idempotency>& idempotency);
  Result<Executed> judge_new(const domain::Command& command, const std::optional<Idempotency>& idempotency,
                             CommitGroup::TenantDraft& draft);
  Result<domain::AnswerPtr> find_answer(const CommitGroup::TenantDraft& draft, std::string_view key) const;
  CommitGroup::TenantDraft& draft_of(domain::TenantId tenant);
  void add_to_group(std::shared_ptr<const domain::Commit> commit);

  void finish_group();
  void publish_group();
  void refuse_group(const rocksdb::Status& status);
  void try_to_go_on();
  void set_mode(Mode mode, std::string reason, std::string detail = {});
  domain::Error refusal() const;

  State& state_;
  CommitLog& log_;
  const Archive& archive_;
  Checkpointer& checkpointer_;
  std::optional<AcknowledgedNote>& note_;
  const Clock& clock_;
  OperationQueue queue_;
  Figures figures_;

  // The thread's own.
  CommitGroup group_;
  std::vector<OperationPtr> decided_;  // of the group, in order
  std::uint64_t next_sequence_;
  domain::Time last_now_;
  bool more_is_expired_ = false;

  std::atomic<Mode> mode_{Mode::open};
  mutable std::mutex reason_mutex_;
  std::string reason_;
  std::string detail_;
  std::thread thread_;
};

}  // namespace nexus::store::embedded
