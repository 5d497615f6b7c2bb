#include "simulation/model.hpp"

#include <algorithm>
#include <ranges>

#include "domain/apply.hpp"
#include "domain/availability.hpp"
#include "support/describe.hpp"

namespace nexus::simulation {

using namespace domain;

const Model::State& Model::state_of(TenantId tenant) const {
  static const State nothing;
  const auto found = tenants_.find(tenant);
  return found == tenants_.end() ? nothing : found->second.state;
}

const std::vector<Model::Line>& Model::lines_of(TenantId tenant, std::string_view sku) const {
  static const std::vector<Line> none;
  const auto data = tenants_.find(tenant);
  if (data == tenants_.end()) return none;
  const auto found = data->second.ledger.find(sku);
  return found == data->second.ledger.end() ? none : found->second;
}

std::vector<TenantId> Model::tenants() const {
  const auto ids = std::views::keys(state_of({}).all_tenants());
  return {ids.begin(), ids.end()};
}

std::uint64_t Model::held_reservations() const {
  std::uint64_t held = 0;
  for (const auto& [id, data] : tenants_) held += data.state.all_held().size();
  return held;
}

std::uint64_t Model::items() const {
  std::uint64_t items = 0;
  for (const auto& [id, data] : tenants_) {
    items += static_cast<std::uint64_t>(std::ranges::count_if(
        data.state.all_items(), [](const auto& entry) { return !entry.second.is_deleted; }));
  }
  return items;
}

Result<Executed> Model::execute(const Command& command, const std::optional<Idempotency>& idempotency,
                                Time now) {
  const State& state = tenants_[command.tenant].state;
  if (idempotency) {
    const auto kept = state.find_answer(idempotency->key);
    if (kept && kept->expires_at > std::max(last_now_, now)) {
      if (kept->fingerprint != idempotency->fingerprint) {
        return fail(ErrorCode::idempotency_key_reused,
                    "the idempotency key \"" + idempotency->key + "\" was used for another request");
      }
      return Executed{.commit = nullptr, .outcome = {}, .answer = kept, .is_replay = true};
    }
  }
  last_now_ = std::max(last_now_, now);
  auto decision = decide(command, state, {.now = last_now_, .sequence = next_sequence_});
  if (!decision) return std::unexpected(std::move(decision.error()));
  auto commit = std::make_shared<Commit>(Commit{.tenant = command.tenant,
                                                .at = last_now_,
                                                .actor = command.actor,
                                                .sequence = next_sequence_,
                                                .events = std::move(decision->events)});
  Executed executed{.commit = commit, .outcome = std::move(decision->outcome), .answer = nullptr};
  if (idempotency) {
    auto rendered = idempotency->render(executed);
    commit->events.emplace_back(AnswerKept{.key = idempotency->key,
                                           .fingerprint = idempotency->fingerprint,
                                           .expires_at = last_now_.plus_ms(store::answer_kept_ms),
                                           .status = rendered.status,
                                           .etag = std::move(rendered.etag),
                                           .body = std::move(rendered.body)});
    executed.answer = std::make_shared<AnswerKept>(std::get<AnswerKept>(commit->events.back()));
  }
  if (!commit->events.empty()) apply(commit);
  return executed;
}

std::vector<CommitPtr> Model::expire(Time now) {
  std::vector<CommitPtr> commits;
  while (!expiries_.empty() && std::get<Time>(*expiries_.begin()) <= now) {
    const auto [at, tenant, id] = *expiries_.begin();
    const auto released =
        execute({.tenant = tenant, .actor = "system", .request = ExpireReservation{id}}, std::nullopt, now);
    if (!released) break;
    commits.push_back(released->commit);
  }
  return commits;
}

void Model::apply(const CommitPtr& commit) {
  TenantData& data = tenants_[commit->tenant];
  const auto note_expiry = [&](ReservationId id) {
    const auto reservation = data.state.find_reservation(id);
    if (!reservation || !reservation->expires_at) return;
    const std::tuple expiry{*reservation->expires_at, commit->tenant, id};
    if (reservation->status == ReservationStatus::held) {
      expiries_.insert(expiry);
    } else {
      expiries_.erase(expiry);
    }
  };
  for (std::size_t i = 0; i < commit->events.size(); ++i) {
    const Event& event = commit->events[i];
    domain::apply(event, commit->at, data.state);
    if (const auto* adjusted = std::get_if<StockAdjusted>(&event)) {
      data.ledger[adjusted->sku].push_back({commit, i});
    } else if (const auto* held = std::get_if<ReservationHeld>(&event)) {
      note_expiry(held->reservation.id);
    } else if (const auto* shipped = std::get_if<ReservationShipped>(&event)) {
      note_expiry(shipped->id);
    } else if (const auto* released = std::get_if<ReservationReleased>(&event)) {
      note_expiry(released->id);
    }
  }
  next_sequence_ = commit->sequence + commit->events.size();
  last_commit_at_ = commit->at;
}

std::vector<const Item*> Model::find_items(TenantId tenant, const store::ItemQuery& query) const {
  const State& state = state_of(tenant);
  const auto warehouses = state.warehouses();
  const auto number = query.warehouse ? find_warehouse(*warehouses, *query.warehouse) : std::nullopt;
  std::vector<const Item*> found;
  for (const auto& [sku, item] : state.all_items()) {
    if (item.is_deleted || !query.statuses.contains(status_of(item, *warehouses))) continue;
    if (!query.skus.empty() && std::ranges::find(query.skus, sku) == query.skus.end()) continue;
    if (number && item.find_level(*number) == nullptr) continue;
    found.push_back(&item);
  }
  return found;
}

std::vector<ReservationPtr> Model::find_reservations(TenantId tenant,
                                                     const store::ReservationQuery& query) const {
  std::vector<ReservationPtr> found;
  for (const auto& [id, reservation] : std::views::reverse(state_of(tenant).all_reservations())) {
    if (!query.statuses.contains(reservation->status)) continue;
    if (query.reference && reservation->reference != *query.reference) continue;
    if (query.before && id >= *query.before) continue;
    const auto has_sku = [&](const ReservationLine& line) { return line.sku == *query.sku; };
    if (query.sku && std::ranges::none_of(reservation->lines, has_sku)) continue;
    found.push_back(reservation);
  }
  return found;
}

namespace {

std::string of_outcomes(const Outcome& expected, const Outcome& actual) {
  if (expected.index() != actual.index()) return "another kind of outcome";
  if (const auto* record = std::get_if<RecordOutcome>(&expected)) {
    const auto& other = std::get<RecordOutcome>(actual);
    if (record->item == other.item && record->adjustment == other.adjustment) return "";
    return test::describe(record->item) + " became " + test::describe(other.item);
  }
  if (const auto* held = std::get_if<ReservationOutcome>(&expected)) {
    const auto& other = std::get<ReservationOutcome>(actual);
    if (*held->reservation == *other.reservation) return "";
    return test::describe(*held->reservation) + " became " + test::describe(*other.reservation);
  }
  if (const auto* updates = std::get_if<UpdatesOutcome>(&expected)) {
    const auto& other = std::get<UpdatesOutcome>(actual);
    if (updates->updated == other.updated && updates->results.size() == other.results.size()) return "";
    return std::to_string(updates->updated) + " updates became " + std::to_string(other.updated);
  }
  return "";
}

}  // namespace

std::string difference(const Result<Executed>& expected, const Result<Executed>& actual) {
  if (!expected || !actual) {
    if (!expected && !actual && expected.error().code == actual.error().code &&
        expected.error().message == actual.error().message) {
      return "";
    }
    const auto text = [](const Result<Executed>& result) {
      return result ? std::string("a success")
                    : std::string(name(result.error().code)) + ": " + result.error().message;
    };
    return "expected " + text(expected) + ", got " + text(actual);
  }
  if (expected->is_replay != actual->is_replay) {
    return expected->is_replay ? "a retry was done again" : "a first request was taken for a retry";
  }
  if ((expected->answer == nullptr) != (actual->answer == nullptr)) return "an answer is missing";
  if (expected->answer && test::describe(*expected->answer) != test::describe(*actual->answer)) {
    return "answer " + test::describe(*expected->answer) + " became " + test::describe(*actual->answer);
  }
  if (expected->is_replay) return "";
  const Commit& one = *expected->commit;
  const Commit& other = *actual->commit;
  if (one.events.size() != other.events.size() || (!one.events.empty() && one.sequence != other.sequence) ||
      one.at != other.at || one.actor != other.actor) {
    return "expected " + std::to_string(one.events.size()) + " events from " + std::to_string(one.sequence) +
           " at " + one.at.text() + ", got " + std::to_string(other.events.size()) + " from " +
           std::to_string(other.sequence) + " at " + other.at.text();
  }
  return of_outcomes(expected->outcome, actual->outcome);
}

}  // namespace nexus::simulation
