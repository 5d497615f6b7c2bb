// What the simulated clients ask for, and what they have to be told.

#include <algorithm>

#include <boost/asio/co_spawn.hpp>
#include <fmt/format.h>

#include "simulation/note.hpp"
#include "simulation/simulation.hpp"

namespace nexus::simulation {

using namespace domain;

namespace {

constexpr std::size_t retriable_max = 16;
constexpr std::size_t tenants_max = 4;

bool is_unavailable(const Result<Executed>& result) {
  return !result && result.error().code == ErrorCode::unavailable;
}

// The write was not judged at all, because there was no room for it.
bool found_no_room(const Result<Executed>& result) {
  return is_unavailable(result) &&
         (result.error().message.starts_with("the store takes no writes: a checkpoint failed") ||
          result.error().message.starts_with(
              "the store takes no writes: the commit log could not be trimmed"));
}

}  // namespace

Command Simulation::make_command(std::size_t tenant) {
  if (chance(60)) {
    const auto kind = roll(4);
    if (kind == 0 && tenants_.size() < tenants_max) {
      return {.tenant = {}, .actor = "host", .request = CreateTenant{"tenant " + std::to_string(roll(6))}};
    }
    if (kind == 1 && !keys_.empty()) {
      return {.tenant = {}, .actor = "host", .request = RevokeKey{keys_[roll(keys_.size())]}};
    }
    CreateKey key{.tenant = tenants_[tenant], .name = "key", .owner = "owner", .scopes = {Scope::all}};
    for (auto& byte : key.digest) byte = static_cast<std::uint8_t>(roll(256));
    return {.tenant = {}, .actor = "host", .request = std::move(key)};
  }
  const auto number = [this] { return static_cast<std::uint32_t>(dice_()); };
  const test::Step step{
      .kind = number(), .sku = number(), .warehouse = number(), .quantity = number(), .extra = number()};
  return {.tenant = tenants_[tenant],
          .actor = "actor " + std::to_string(step.extra % 3),
          .request = makers_[tenant].make(step)};
}

std::optional<Idempotency> Simulation::make_idempotency() {
  if (!chance(3)) return std::nullopt;
  // Now and then a key that was used for something else.
  const auto key = chance(20) ? roll(writes_made_ + 1) : writes_made_;
  Idempotency idempotency{
      .key = "key " + std::to_string(key), .fingerprint = {}, .render = [](const Executed& executed) {
        return store::RenderedAnswer{
            .status = 200, .etag = "e", .body = std::to_string(executed.commit->sequence)};
      }};
  for (std::size_t i = 0; i < sizeof(writes_made_); ++i) {
    idempotency.fingerprint[i] = static_cast<std::uint8_t>(writes_made_ >> (8 * i));
  }
  return idempotency;
}

void Simulation::submit() {
  ++writes_made_;
  auto write = std::make_shared<Write>();
  write->tenant = roll(tenants_.size());
  write->command = make_command(write->tenant);
  write->idempotency = make_idempotency();
  write->number = writes_made_;
  note("write", write->number, write->command.request.index());
  send(std::move(write));
}

void Simulation::retry() {
  if (retriable_.empty()) return;
  ++counts_.retries;
  auto again = std::make_shared<Write>(*retriable_[roll(retriable_.size())]);
  again->result.reset();
  note("retry", again->number);
  send(std::move(again));
}

void Simulation::send(WritePtr write) {
  ++counts_.writes;
  boost::asio::co_spawn(context_, engine_->execute(write->command, write->idempotency),
                        [write](const std::exception_ptr& thrown, Result<Executed> result) {
                          if (thrown) std::rethrow_exception(thrown);
                          write->result = std::move(result);
                        });
  context_.restart();
  context_.poll();
  if (!write->result) {
    queued_.push_back(std::move(write));
    return;
  }
  // At once: the store takes nothing.
  ++counts_.unknown;
  if (!is_unavailable(*write->result) || is_healthy()) {
    expect("a write was answered at once: " +
           (write->result->has_value() ? "done" : write->result->error().message));
  }
}

void Simulation::run_group() {
  Round round;
  const auto health = engine_->health();
  const bool waits_for_space = health.reason.starts_with("the disk is full");
  const bool has_stopped = health.reason.starts_with("a write to the commit log failed") ||
                           health.reason.starts_with("the commit log could not be taken up again");
  round.may_be_judged = !has_stopped && !(waits_for_space && disk_->is_full());
  round.is_sure =
      health.takes_writes && engine_->figures().log_events_not_checkpointed < 2 * checkpoint_events_;
  round.published_before = engine_->figures().commits;
  round.clock_before = ahead_.clock();
  round.writes = std::exchange(queued_, {});
  if (round.may_be_judged) foresee(round);
  note("group", round.writes.size(), round.commits.size());
  round_ = &round;
  engine_->write_group();
  round_ = nullptr;
  context_.restart();
  context_.poll();
  settle_round(round);
}

void Simulation::foresee(Round& round) {
  const auto now = clock_.now();
  round.commits = ahead_.expire(now);
  round.expired = round.commits.size();
  round.expected.clear();
  for (const auto& write : round.writes) {
    Round::Expected expected{.result = {}, .commits_before = round.commits.size(), .makes_commit = false};
    if (write->result && found_no_room(*write->result)) {
      expected.result = *write->result;
    } else {
      expected.result = ahead_.execute(write->command, write->idempotency, now);
      const auto& result = expected.result;
      expected.makes_commit = result && !result->is_replay && !result->commit->events.empty();
      if (expected.makes_commit) round.commits.push_back(result->commit);
    }
    round.expected.push_back(std::move(expected));
  }
}

// In the midst of a round too.
void Simulation::publish_until(std::uint64_t commits) {
  if (round_ == nullptr) return expect("commits became visible by themselves");
  Round& round = *round_;
  while (round.published_before + round.published < commits) {
    if (round.published == round.commits.size()) return expect("there are more commits than there can be");
    visible_.apply(round.commits[round.published++]);
    unknown_.clear();
    if (round.published <= round.expired) ++counts_.expired;
  }
}

void Simulation::settle_round(Round& round) {
  const auto any_without_room = std::ranges::any_of(
      round.writes, [](const WritePtr& write) { return write->result && found_no_room(*write->result); });
  if (any_without_room) {
    // Only now it is known what was judged at all.
    if (round.published > 0) return expect("there was no room where there has to be some");
    forget_ahead(round.clock_before);
    foresee(round);
  }
  round_ = &round;
  publish_until(engine_->figures().commits);
  round_ = nullptr;
  const bool is_cut_short = round.published < round.commits.size();
  for (std::size_t i = 0; i < round.writes.size(); ++i) settle_write(round, i, is_cut_short);
  counts_.groups += round.published > 0 ? 1 : 0;
  if (!is_cut_short) return;
  if (is_healthy() && !any_without_room) expect("a commit was not made");
  unknown_.emplace_back(round.commits.begin() + static_cast<std::ptrdiff_t>(round.published),
                        round.commits.end());
  // What was judged is forgotten, not when.
  forget_ahead(ahead_.clock());
  clock_is_certain_ = false;
}

void Simulation::forget_ahead(Time clock) {
  ahead_ = visible_;
  ahead_.set_clock(clock);
}

void Simulation::settle_write(const Round& round, std::size_t index, bool is_cut_short) {
  const auto& write = round.writes[index];
  if (!write->result) return expect("a write was not answered");
  const auto& result = *write->result;
  if (write->idempotency) {
    if (retriable_.size() == retriable_max) retriable_.erase(retriable_.begin());
    retriable_.push_back(write);
  }
  if (!round.may_be_judged) {
    ++counts_.unknown;
    if (!is_unavailable(result)) expect("a store that takes no writes took one");
    return;
  }
  const auto& expected = round.expected[index];
  const bool is_published = expected.makes_commit && expected.commits_before < round.published;
  if (is_unavailable(result) && !is_published && (is_cut_short || !is_healthy() || found_no_room(result))) {
    ++counts_.unknown;
    return;
  }
  if (expected.makes_commit && !is_published && result) {
    return expect(fmt::format("write {} was acknowledged before it was made", write->number));
  }
  if (const auto differs = difference(expected.result, result); !differs.empty()) {
    return expect(fmt::format("write {}: {}", write->number, differs));
  }
  if (!result) {
    ++counts_.refused;
    return;
  }
  ++counts_.acknowledged;
  saw(*write, *result);
}

void Simulation::saw(const Write& write, const Executed& executed) {
  if (executed.is_replay) return;
  if (write.command.tenant != TenantId{}) {
    makers_[write.tenant].saw(executed.outcome, *ahead_.state_of(write.command.tenant).warehouses());
  } else if (const auto* key = std::get_if<ApiKey>(&executed.outcome)) {
    if (std::ranges::find(keys_, key->id) == keys_.end()) keys_.push_back(key->id);
  } else if (const auto* tenant = std::get_if<Tenant>(&executed.outcome)) {
    tenants_.push_back(tenant->id);
    makers_.emplace_back();
  }
}

}  // namespace nexus::simulation
