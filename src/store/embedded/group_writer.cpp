#include "store/embedded/group_writer.hpp"

#include <algorithm>
#include <exception>
#include <shared_mutex>
#include <string_view>
#include <variant>

#include <fmt/format.h>

#include "domain/apply.hpp"
#include "domain/decide.hpp"
#include "store/crash_points.hpp"
#include "store/embedded/fault_settings.hpp"
#include "store/embedded/thread_name.hpp"

namespace nexus::store::embedded {

namespace {

using std::chrono::milliseconds;

constexpr std::size_t group_bytes_max = 1U << 20;
constexpr std::size_t expiries_in_a_group_max = 256;
constexpr milliseconds wait_when_idle{1000};
// The clock may be a test's, or be set: when something can expire it is looked at this often.
constexpr milliseconds wait_for_expiry{200};
constexpr milliseconds wait_for_space{500};
// So many single writes have their items fetched from memory together.
constexpr std::size_t foreseen_together = 32;

// What a write of its own looks up; a bulk tells by itself what comes next.
void add_skus(const domain::Request& request, std::vector<std::string_view>& skus) {
  if (const auto* update = std::get_if<domain::UpdateLevels>(&request);
      update != nullptr && !update->is_bulk) {
    for (const auto& each : update->updates) skus.push_back(each.sku);
  } else if (const auto* hold = std::get_if<domain::HoldReservation>(&request)) {
    for (const auto& line : hold->lines) skus.push_back(line.sku);
  }
}

}  // namespace

GroupWriter::GroupWriter(State& state, CommitLog& log, const Archive& archive, Checkpointer& checkpointer,
                         std::optional<AcknowledgedNote>& note, const Clock& clock, Threads threads)
    : state_(state),
      log_(log),
      archive_(archive),
      checkpointer_(checkpointer),
      note_(note),
      clock_(clock),
      next_sequence_(state.last_sequence + 1),
      last_now_(state.last_commit_at) {
  if (threads == Threads::none) return;
  thread_ = std::thread([this] {
    name_thread("nexus-writer");
    loop();
  });
}

GroupWriter::~GroupWriter() {
  queue_.close();
  if (thread_.joinable()) {
    thread_.join();
  } else {
    loop();
  }
}

void GroupWriter::submit(OperationPtr operation) {
  if (mode_ != Mode::open) {
    operation->result = std::unexpected(refusal());
  } else if (queue_.push(operation)) {
    return;
  } else {
    operation->result =
        domain::fail(domain::ErrorCode::unavailable, "too many writes are waiting: try again");
  }
  std::vector<OperationPtr> refused;
  refused.push_back(std::move(operation));
  complete_all(std::move(refused));
}

Health GroupWriter::health() const {
  if (mode_ == Mode::open) return checkpointer_.health();
  const std::scoped_lock lock(reason_mutex_);
  return {.takes_writes = false, .reason = reason_, .detail = detail_};
}

domain::Error GroupWriter::refusal() const {
  const std::scoped_lock lock(reason_mutex_);
  return {.code = domain::ErrorCode::unavailable, .message = "the store takes no writes: " + reason_};
}

void GroupWriter::set_mode(Mode mode, std::string reason, std::string detail) {
  const std::scoped_lock lock(reason_mutex_);
  reason_ = std::move(reason);
  detail_ = std::move(detail);
  mode_ = mode;
}

milliseconds GroupWriter::patience() const {
  if (mode_ == Mode::waits_for_space) return wait_for_space;
  if (more_is_expired_) return milliseconds(0);
  return state_.expiries.empty() ? wait_when_idle : wait_for_expiry;
}

void GroupWriter::loop() {
  while (run_once(patience())) {
  }
}

bool GroupWriter::run_once(milliseconds wait_max) {
  const bool is_last = queue_.is_closed();
  auto batch = queue_.take(is_last ? milliseconds(0) : wait_max);
  if (is_last && batch.empty()) return false;
  if (mode_ == Mode::waits_for_space) try_to_go_on();
  release_expired();
  for (std::size_t i = 0; i < batch.size(); ++i) {
    if (i % foreseen_together == 0) {
      foresee(std::span(batch).subspan(i, std::min(foreseen_together, batch.size() - i)));
    }
    process(std::move(batch[i]));
  }
  finish_group();
  return true;
}

void GroupWriter::foresee(std::span<const OperationPtr> operations) const {
  std::vector<std::string_view> skus;
  const TenantState* tenant = nullptr;
  const auto tell = [&] {
    if (tenant != nullptr) tenant->items.prefetch(skus);
    skus.clear();
  };
  for (const auto& operation : operations) {
    if (const auto* of = state_.find(operation->command.tenant); of != tenant) {
      tell();
      tenant = of;
    }
    add_skus(operation->command.request, skus);
  }
  tell();
}

void GroupWriter::process(OperationPtr operation) {
  if (mode_ == Mode::open && group_.entries.empty()) {
    // Between groups only: a group that waits for room would hold back its own answers.
    if (auto room = checkpointer_.wait_for_room(); !room) {
      operation->result = std::unexpected(std::move(room.error()));
      decided_.push_back(std::move(operation));
      return;
    }
  }
  if (mode_ != Mode::open) {
    operation->result = std::unexpected(refusal());
    decided_.push_back(std::move(operation));
    return;
  }
  const bool stands_alone = domain::touches_whole_warehouse(operation->command);
  if (stands_alone) finish_group();
  operation->result = judge(operation->command, operation->idempotency);
  decided_.push_back(std::move(operation));
  if (stands_alone || group_.bytes.size() >= group_bytes_max) finish_group();
}

void GroupWriter::release_expired() {
  more_is_expired_ = false;
  if (mode_ != Mode::open || state_.expiries.empty()) return;
  const auto now = clock_.now();
  std::size_t released = 0;
  for (const auto& [at, tenant, id] : state_.expiries) {
    if (now < at) return;
    const auto done =
        judge({.tenant = tenant, .actor = "system", .request = domain::ExpireReservation{id}}, std::nullopt);
    if (done && ++released == expiries_in_a_group_max) {
      more_is_expired_ = true;
      return;
    }
  }
}

Result<Executed> GroupWriter::judge(const domain::Command& command,
                                    const std::optional<Idempotency>& idempotency) {
  try {
    auto& draft = draft_of(command.tenant);
    if (idempotency) {
      auto kept = find_answer(draft, idempotency->key);
      if (!kept) return std::unexpected(std::move(kept.error()));
      if (*kept && (*kept)->fingerprint != idempotency->fingerprint) {
        return domain::fail(
            domain::ErrorCode::idempotency_key_reused,
            fmt::format("the idempotency key \"{}\" was used for another request", idempotency->key));
      }
      if (*kept)
        return Executed{.commit = nullptr, .outcome = {}, .answer = std::move(*kept), .is_replay = true};
    }
    return judge_new(command, idempotency, draft);
  } catch (const std::exception& bug) {
    // Nothing of the command is in the group yet: one request fails, the others don't.
    return domain::fail(domain::ErrorCode::internal,
                        fmt::format("the command could not be judged: {}", bug.what()));
  }
}

Result<Executed> GroupWriter::judge_new(const domain::Command& command,
                                        const std::optional<Idempotency>& idempotency,
                                        CommitGroup::TenantDraft& draft) {
  last_now_ = std::max(last_now_, clock_.now());
  auto decision = domain::decide(command, *draft.draft, {.now = last_now_, .sequence = next_sequence_});
  if (auto failure = static_cast<const TenantView&>(*draft.base).take_failure()) {
    return std::unexpected(std::move(*failure));
  }
  if (!decision) return std::unexpected(std::move(decision.error()));

  auto commit = std::make_shared<domain::Commit>(domain::Commit{.tenant = command.tenant,
                                                                .at = last_now_,
                                                                .actor = command.actor,
                                                                .sequence = next_sequence_,
                                                                .events = std::move(decision->events)});
  Executed executed{.commit = commit, .outcome = std::move(decision->outcome), .answer = nullptr};
  if (idempotency) {
    auto rendered = idempotency->render(executed);
    commit->events.emplace_back(domain::AnswerKept{.key = idempotency->key,
                                                   .fingerprint = idempotency->fingerprint,
                                                   .expires_at = last_now_.plus_ms(answer_kept_ms),
                                                   .status = rendered.status,
                                                   .etag = std::move(rendered.etag),
                                                   .body = std::move(rendered.body)});
    domain::apply(commit->events.back(), last_now_, *decision->draft);
    executed.answer = decision->draft->find_answer(idempotency->key);
  }
  if (commit->events.empty()) return executed;
  add_to_group(commit);
  draft.draft->absorb(std::move(*decision->draft));
  return executed;
}

Result<domain::AnswerPtr> GroupWriter::find_answer(const CommitGroup::TenantDraft& draft,
                                                   std::string_view key) const {
  const auto now = std::max(last_now_, clock_.now());
  const auto unless_expired = [&](domain::AnswerPtr answer) {
    return answer->expires_at <= now ? nullptr : std::move(answer);
  };
  if (auto answer = draft.draft->find_answer(key)) return unless_expired(std::move(answer));
  {
    const std::shared_lock lock(state_.mutex);
    for (auto window = state_.windows.rbegin(); window != state_.windows.rend(); ++window) {
      if (auto answer = (*window)->find_answer(draft.tenant, key)) return unless_expired(std::move(answer));
    }
  }
  return archive_.find_answer(draft.tenant, key);
}

CommitGroup::TenantDraft& GroupWriter::draft_of(domain::TenantId tenant) {
  const auto found = std::ranges::find(group_.drafts, tenant, &CommitGroup::TenantDraft::tenant);
  if (found != group_.drafts.end()) return *found;
  auto base = std::make_unique<TenantView>(state_, tenant, archive_);
  auto draft = std::make_unique<domain::Draft>(*base);
  return group_.drafts.emplace_back(
      CommitGroup::TenantDraft{.tenant = tenant, .base = std::move(base), .draft = std::move(draft)});
}

void GroupWriter::add_to_group(std::shared_ptr<const domain::Commit> commit) {
  if (group_.entries.empty()) begin_group(group_.bytes);
  auto places = encode(*commit, group_.bytes);
  next_sequence_ += commit->events.size();
  group_.entries.push_back({.commit = std::move(commit), .places = std::move(places)});
}

void GroupWriter::finish_group() {
  if (!group_.entries.empty()) {
    seal_group(group_.bytes);
    const auto status = log_.append(group_.entries.front().commit->sequence, group_.bytes);
    if (status.ok()) {
      publish_group();
    } else {
      refuse_group(status);
    }
  }
  complete_all(std::exchange(decided_, {}));
  group_ = {};
}

void GroupWriter::publish_group() {
  figures_.log_bytes += group_.bytes.size();
  figures_.groups += 1;
  figures_.commits += group_.entries.size();
  const auto before = state_.last_sequence;
  Publication(state_, group_).publish();
  figures_.events += state_.last_sequence - before;
  if (note_) note_->write(state_.last_sequence);
  crash_point("log.published");
  checkpointer_.group_published();
}

void GroupWriter::refuse_group(const rocksdb::Status& status) {
  next_sequence_ = group_.entries.front().commit->sequence;
  if (status.IsNoSpace()) {
    set_mode(Mode::waits_for_space, "the disk is full");
  } else {
    set_mode(Mode::stopped, "a write to the commit log failed", status.ToString());
  }
  // Also what was refused or replayed: it may have been judged on what is lost now.
  for (auto& operation : decided_) operation->result = std::unexpected(refusal());
}

void GroupWriter::try_to_go_on() {
  if (is_broken(Promise::recovery)) return;
  const auto status = log_.recover(next_sequence_);
  if (status.ok()) {
    set_mode(Mode::open, "");
  } else if (status.IsNoSpace()) {
    set_mode(Mode::waits_for_space, "the disk is full", status.ToString());
  } else if (!status.IsBusy()) {
    set_mode(Mode::stopped, "the commit log could not be taken up again", status.ToString());
  }
}

}  // namespace nexus::store::embedded
