#include "store/postgres/group.hpp"

#include <algorithm>
#include <array>
#include <exception>
#include <string_view>
#include <utility>

#include <fmt/format.h>

#include "domain/apply.hpp"
#include "store/postgres/statements.hpp"

namespace nexus::store::postgres {

using namespace domain;

namespace {

constexpr std::size_t touched_at_once = 1000;
constexpr std::int64_t count_slots = 64;

constexpr const char* serialization_failure = "40001";

// Another transaction came first: the same again is judged on what that one left.
bool is_conflict(std::string_view state) {
  constexpr std::array<std::string_view, 3> states = {serialization_failure, "40P01", "23505"};
  return std::ranges::find(states, state) != states.end();
}

// The server is going, has gone or is not the one that takes writes any more.
bool is_about_the_server(std::string_view state) {
  constexpr std::array<std::string_view, 6> classes = {"08", "53", "57", "58", "XX", "25"};
  return state.empty() || std::ranges::find(classes, state.substr(0, 2)) != classes.end();
}

constexpr std::string_view lock_not_available = "55P03";

Array array_from(Element element, const std::vector<std::string>& texts) {
  Array array(element);
  for (const auto& text : texts) array.add(std::string_view(text));
  return array;
}

Array array_from(const std::vector<Ulid>& ids) {
  Array array(Element::id);
  for (const auto& id : ids) array.add(id);
  return array;
}

}  // namespace

void Group::Batch::add(const Statement& statement, Parameters parameters,
                       std::function<void(const Rows&)> take) {
  calls_.emplace_back(statement, std::move(parameters));
  takers_.push_back(std::move(take));
}

void Group::Batch::add(std::vector<Call> calls) {
  for (auto& call : calls) {
    calls_.push_back(std::move(call));
    takers_.emplace_back();
  }
}

void Group::Batch::take_rows(const Reply& reply) const {
  for (std::size_t i = 0; i < reply.rows.size(); ++i) {
    if (takers_[i]) takers_[i](reply.rows[i]);
  }
}

Group::Group(Connection& connection, Sequences& sequences, WarehouseCache& cache, std::vector<TaskPtr> tasks)
    : connection_(connection),
      sequences_(sequences),
      cache_(cache),
      tasks_(std::move(tasks)),
      tenant_(tasks_.front()->command.tenant),
      draft_(static_cast<const View&>(view_)) {}

std::size_t Group::events() const {
  std::size_t count = 0;
  for (const auto& commit : commits_) count += commit->events.size();
  return count;
}

Awaitable<std::optional<Failure>> Group::send(Batch& batch) {
  const auto reply = co_await connection_.run(batch.take_calls());
  if (reply.failure) co_return reply.failure;
  batch.take_rows(reply);
  co_return std::nullopt;
}

Awaitable<Verdict> Group::run() {
  Concern concern;
  for (const auto& task : tasks_) {
    task->is_judged = false;
    concern.add(task->command, task->idempotency);
  }
  concern.sort();
  Batch batch;
  add_locks(batch, concern);
  add_reads(batch, concern);
  if (auto failure = co_await send(batch)) co_return co_await give_up(std::move(*failure));
  if (is_outdated_) {
    Failure failure;
    failure.state = serialization_failure;
    failure.message = "the connection to the database is a new one";
    co_return co_await give_up(std::move(failure));
  }
  sequences_.saw(view_.last_change());
  const auto reserved = co_await sequences_.reserve(numbers_needed(), view_.last_sequence());
  if (!reserved) {
    Failure failure;
    failure.message = told_to_host(reserved.error());
    co_return co_await give_up(std::move(failure));
  }
  judge_all();
  co_return co_await write();
}

// The order in which everyone locks; see statements.hpp.
void Group::add_locks(Batch& batch, const Concern& concern) const {
  batch.add(statements::begin, Parameters());
  batch.add(concern.is_alone ? statements::lock_alone : statements::lock_shared,
            Parameters().add(lock_number(tenant_, 't', "")));
  if (concern.answer_keys.empty()) return;
  std::vector<std::int64_t> numbers;
  numbers.reserve(concern.answer_keys.size());
  for (const auto& key : concern.answer_keys) numbers.push_back(lock_number(tenant_, 'k', key));
  std::ranges::sort(numbers);
  Array array(Element::integer);
  for (const auto each : numbers) array.add(each);
  batch.add(statements::lock_keys, Parameters().add(std::move(array)));
}

void Group::add_reads(Batch& batch, const Concern& concern) {
  const auto tenant = [this] { return Parameters().add(tenant_.value); };
  if (!concern.reservations.empty()) {
    batch.add(statements::lock_reservations, tenant().add(array_from(concern.reservations)),
              [this](const Rows& rows) { view_.add_reservations(rows); });
  }
  view_.expect_items(concern.skus);
  const auto add_items = [this](const Rows& rows) { view_.add_items(rows); };
  if (!concern.reservations.empty()) {
    batch.add(statements::lock_items_and_reserved,
              tenant().add(array_from(Element::text, concern.skus)).add(array_from(concern.reservations)),
              add_items);
  } else if (!concern.skus.empty()) {
    batch.add(statements::lock_items, tenant().add(array_from(Element::text, concern.skus)), add_items);
  }
  if (!concern.references.empty()) {
    batch.add(statements::held_by_reference, tenant().add(array_from(Element::text, concern.references)),
              [this](const Rows& rows) { view_.add_held(rows); });
  }
  if (!concern.answer_keys.empty()) {
    batch.add(statements::answers_by_key, tenant().add(array_from(Element::bytes, concern.answer_keys)),
              [this](const Rows& rows) { view_.add_answers(rows, sequences_.now()); });
  }
  if (tenant_ == TenantId{}) {
    batch.add(
        statements::tenants_named,
        Parameters().add(array_from(Element::text, concern.tenant_names)).add(array_from(concern.tenants)),
        [this](const Rows& rows) { view_.add_tenants(rows); });
    batch.add(statements::keys_by_id, Parameters().add(array_from(concern.keys)),
              [this](const Rows& rows) { view_.add_keys(rows); });
    return;
  }
  const auto known = cache_.find(tenant_);
  batch.add(statements::warehouses_since, tenant().add(static_cast<std::int64_t>(known->revision)),
            [this, known](const Rows& rows) {
              if (auto warehouses = cache_.update(tenant_, known, rows)) {
                view_.set_warehouses(std::move(warehouses));
              } else {
                is_outdated_ = true;
              }
            });
}

std::size_t Group::numbers_needed() const {
  std::size_t count = 0;
  for (const auto& task : tasks_) count += events_max(task->command);
  for (const auto& reservation : view_.reservations()) count += reservation->lines.size() * tasks_.size();
  return count;
}

void Group::judge_all() {
  for (const auto& task : tasks_) {
    // Whoever gave up waiting was told that nothing was done; that has to stay true.
    if (task->operation == nullptr) continue;
    task->is_judged = true;
    try {
      task->result = judge(*task);
    } catch (const std::exception& bug) {
      task->result =
          fail(ErrorCode::internal, fmt::format("the command could not be judged: {}", bug.what()));
    }
  }
}

Result<Executed> Group::judge(Task& task) {
  if (task.idempotency) {
    if (auto kept = draft_.find_answer(task.idempotency->key)) {
      if (kept->fingerprint == task.idempotency->fingerprint) {
        return Executed{.commit = nullptr, .outcome = {}, .answer = std::move(kept), .is_replay = true};
      }
      return fail(
          ErrorCode::idempotency_key_reused,
          fmt::format("the idempotency key \"{}\" was used for another request", task.idempotency->key));
    }
  }
  return judge_new(task);
}

Result<Executed> Group::judge_new(const Task& task) {
  const auto now = sequences_.now();
  auto decision = decide(task.command, draft_, {.now = now, .sequence = sequences_.next()});
  if (!decision) return std::unexpected(std::move(decision.error()));
  auto commit = std::make_shared<Commit>(Commit{.tenant = tenant_,
                                                .at = now,
                                                .actor = task.command.actor,
                                                .sequence = sequences_.next(),
                                                .events = std::move(decision->events)});
  Executed executed{.commit = commit, .outcome = std::move(decision->outcome), .answer = nullptr};
  if (task.idempotency) {
    auto rendered = task.idempotency->render(executed);
    commit->events.emplace_back(AnswerKept{.key = task.idempotency->key,
                                           .fingerprint = task.idempotency->fingerprint,
                                           .expires_at = now.plus_ms(answer_kept_ms),
                                           .status = rendered.status,
                                           .etag = std::move(rendered.etag),
                                           .body = std::move(rendered.body)});
    apply(commit->events.back(), now, *decision->draft);
    executed.answer = decision->draft->find_answer(task.idempotency->key);
  }
  if (commit->events.empty()) return executed;
  sequences_.use(commit->events.size());
  commits_.push_back(std::move(commit));
  draft_.absorb(std::move(*decision->draft));
  return executed;
}

Awaitable<Verdict> Group::write() {
  Changes changes(tenant_, view_, draft_, sequences_.next() - 1);
  if (auto failure = co_await touch_items(changes)) co_return co_await give_up(std::move(*failure));
  co_return co_await write_and_commit(changes);
}

// A warehouse's change gives everything in it a new version. Nobody else works on the tenant meanwhile.
Awaitable<std::optional<Failure>> Group::touch_items(Changes& changes) {
  for (const auto& [warehouse, at] : draft_.touched()) {
    std::vector<std::string> skus;
    Batch batch;
    batch.add(statements::skus_in_warehouse,
              Parameters().add(tenant_.value).add(static_cast<std::int64_t>(warehouse)),
              [&](const Rows& rows) {
                for (std::size_t row = 0; row < rows.size(); ++row) skus.emplace_back(rows.text(row, 0));
              });
    if (auto failure = co_await send(batch)) co_return failure;
    for (std::size_t first = 0; first < skus.size(); first += touched_at_once) {
      const auto end = std::min(first + touched_at_once, skus.size());
      Array some(Element::text);
      for (std::size_t i = first; i < end; ++i) some.add(std::string_view(skus[i]));
      std::vector<ItemRow> rows;
      Batch read;
      read.add(statements::lock_items, Parameters().add(tenant_.value).add(std::move(some)),
               [&](const Rows& found) {
                 for (std::size_t row = 0; row < found.size(); ++row) rows.push_back(read_item(found, row));
               });
      if (auto failure = co_await send(read)) co_return failure;
      std::vector<Changes::Touched> touched;
      for (const ItemRow& row : rows) {
        touched.push_back({.before = &row, .after = row.item});
        ++touched.back().after.version;
        touched.back().after.updated_at = at;
      }
      Batch written;
      written.add(changes.statements(touched));
      if (auto failure = co_await send(written)) co_return failure;
    }
  }
  co_return std::nullopt;
}

Awaitable<Verdict> Group::write_and_commit(Changes& changes) {
  auto calls = changes.statements(commits_);
  for (auto& call : changes.counts(connection_.backend() % count_slots)) calls.push_back(std::move(call));
  calls.emplace_back(statements::commit, Parameters());
  const auto place_of_commit = calls.size() - 1;
  const auto reply = co_await connection_.run(std::move(calls));
  if (reply.failure) {
    const bool is_before_commit = !reply.failure->state.empty() && reply.failure->call < place_of_commit;
    if (is_before_commit || is_conflict(reply.failure->state)) co_return co_await give_up(*reply.failure);
    connection_.close();
    refuse_all(ErrorCode::unavailable,
               "the connection to the database was lost while committing: whether the request took effect is "
               "not known, and an idempotency key would tell",
               reply.failure->message);
    co_return Verdict::done;
  }
  if (reply.warning || reply.rows.back().tag() != "COMMIT") {
    // That of a standby that was not waited for, above all: on this server it is done, and may be lost with
    // it.
    refuse_all(ErrorCode::unavailable,
               "the database did not wait for its standby: whether the request took effect for good is not "
               "known, and an idempotency key would tell",
               reply.warning.value_or(""));
  }
  co_return Verdict::done;
}

Awaitable<Verdict> Group::give_up(Failure failure) {
  commits_.clear();
  trouble_ = failure.message;
  if (failure.is_lost) co_return Verdict::again;
  std::vector<Call> calls;
  calls.emplace_back(statements::rollback, Parameters());
  const auto reply = co_await connection_.run(std::move(calls));
  if (reply.failure || is_about_the_server(failure.state)) connection_.close();
  if (is_conflict(failure.state) || is_about_the_server(failure.state)) co_return Verdict::again;
  if (failure.state == lock_not_available) {
    is_held_up_ = true;
    refuse_all(ErrorCode::unavailable, "others are working on the same records for too long: try again",
               failure.message);
    co_return Verdict::done;
  }
  if (tasks_.size() > 1) co_return Verdict::apart;
  refuse_all(ErrorCode::internal,
             fmt::format("the database refused the command with SQLSTATE {}", failure.state),
             failure.message);
  co_return Verdict::done;
}

void Group::refuse_all(ErrorCode code, const std::string& message, const std::string& host_detail) {
  // Also what was refused or replayed: it may have been judged on what is not there.
  const Error error{.code = code, .message = message, .details = {}, .host_detail = host_detail};
  for (const auto& task : tasks_) task->result = std::unexpected(error);
  commits_.clear();
}

}  // namespace nexus::store::postgres
