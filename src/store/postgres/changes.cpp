#include "store/postgres/changes.hpp"

#include <algorithm>
#include <map>
#include <set>
#include <string_view>
#include <utility>
#include <variant>

#include "domain/availability.hpp"
#include "store/postgres/statements.hpp"

namespace nexus::store::postgres {

using namespace domain;

namespace {

std::int64_t number(auto value) {
  return static_cast<std::int64_t>(value);
}

std::string_view bytes_of(const auto& digest) {
  return {reinterpret_cast<const char*>(digest.data()), digest.size()};
}

// The lists that an item of that form stands in.
std::vector<std::int64_t> lists_of(const Item& item) {
  if (item.is_deleted) return {};
  std::vector<std::int64_t> lists{list_of_all};
  for (const Level& level : item.levels) lists.push_back(number(level.warehouse));
  return lists;
}

// Whether the item stands in the lists that it stood in: most writes change no more than a number.
bool stays_in_its_lists(const Item& before, const Item& after) {
  return before.is_deleted == after.is_deleted &&
         std::ranges::equal(before.levels, after.levels, {}, &Level::warehouse, &Level::warehouse);
}

std::set<std::string_view> skus_of(const Reservation* reservation) {
  std::set<std::string_view> skus;
  if (reservation == nullptr) return skus;
  for (const auto& line : reservation->lines) skus.insert(line.sku);
  return skus;
}

}  // namespace

Changes::Changes(TenantId tenant, const LockedView& before, const Draft& after, std::uint64_t last_sequence)
    : tenant_(tenant),
      before_(before),
      after_(after),
      last_sequence_(last_sequence),
      warehouses_(after.warehouses()),
      revision_(before.tenant_warehouses().revision + (after.changed_warehouses() ? 1 : 0)) {}

std::vector<Call> Changes::statements(const std::vector<CommitPtr>& commits) {
  std::vector<Call> calls;
  add_warehouses(calls);
  std::vector<Written> items;
  items.reserve(after_.items().size());
  for (const auto& item : after_.items()) {
    items.push_back({before_.find_row(item->sku), item.get(), status_of(*item, *warehouses_)});
  }
  std::ranges::sort(items, {}, [](const Written& each) -> const std::string& { return each.after->sku; });
  add_items(calls, items);
  add_adjustments(calls, commits);
  add_reservations(calls);
  add_answers(calls);
  add_directory(calls);
  return calls;
}

std::vector<Call> Changes::statements(const std::vector<Touched>& touched) {
  std::vector<Call> calls;
  std::vector<Written> items;
  items.reserve(touched.size());
  for (const auto& each : touched)
    items.push_back({each.before, &each.after, status_of(each.after, *warehouses_)});
  add_items(calls, items);
  return calls;
}

std::vector<Call> Changes::ledger(const std::vector<CommitPtr>& commits) const {
  std::vector<Call> calls;
  add_adjustments(calls, commits);
  return calls;
}

void Changes::add_items(std::vector<Call>& calls, const std::vector<Written>& items) {
  if (items.empty()) return;
  add_item_rows(calls, items, true);
  add_item_rows(calls, items, false);
  add_places(calls, items);
}

void Changes::add_item_rows(std::vector<Call>& calls, const std::vector<Written>& items, bool is_new) {
  Array skus(Element::text);
  Array titles(Element::text);
  Array safety_stocks(Element::integer);
  Array low(Element::integer);
  Array critical(Element::integer);
  Array versions(Element::integer);
  Array updated_at(Element::time);
  Array deleted(Element::boolean);
  Array statuses(Element::integer);
  Array first(Element::integer);
  Array last(Element::integer);
  Array levels(Element::integer);
  for (const auto& [before, after, status] : items) {
    if ((before == nullptr) != is_new) continue;
    skus.add(std::string_view(after->sku));
    titles.add(std::string_view(after->title));
    safety_stocks.add(after->safety_stock);
    low.add(column_of(after->low_threshold));
    critical.add(column_of(after->critical_threshold));
    versions.add(number(after->version));
    updated_at.add(after->updated_at);
    deleted.add_flag(after->is_deleted);
    statuses.add(number(status));
    first.add(number(levels.size() + 1));
    append_levels(*after, levels);
    last.add(number(levels.size()));
  }
  if (skus.size() == 0) return;
  calls.emplace_back(is_new ? statements::insert_items : statements::update_items,
                     Parameters()
                         .add(tenant_.value)
                         .add(std::move(skus))
                         .add(std::move(titles))
                         .add(std::move(safety_stocks))
                         .add(std::move(low))
                         .add(std::move(critical))
                         .add(std::move(versions))
                         .add(std::move(updated_at))
                         .add(std::move(deleted))
                         .add(std::move(statuses))
                         .add(std::move(first))
                         .add(std::move(levels))
                         .add(number(last_sequence_))
                         .add(number(revision_))
                         .add(std::move(last)));
}

void Changes::add_places(std::vector<Call>& calls, const std::vector<Written>& items) {
  struct Places {
    Array warehouses{Element::integer};
    Array statuses{Element::integer};
    Array skus{Element::text};
  };
  Places gone;
  Places made;
  const auto add = [&](Places& places, std::int64_t list, Status status, const Item& item) {
    places.warehouses.add(list);
    places.statuses.add(number(status));
    places.skus.add(std::string_view(item.sku));
    count_changes_[{list, number(status)}] += &places == &made ? 1 : -1;
  };
  for (const auto& [before, after, status] : items) {
    if (before != nullptr && before->status == status && stays_in_its_lists(before->item, *after)) continue;
    const auto old_lists = before == nullptr ? std::vector<std::int64_t>() : lists_of(before->item);
    const auto new_lists = lists_of(*after);
    const bool stays = before != nullptr && before->status == status;
    for (const auto list : old_lists) {
      if (!stays || !std::ranges::binary_search(new_lists, list)) add(gone, list, before->status, *after);
    }
    for (const auto list : new_lists) {
      if (!stays || !std::ranges::binary_search(old_lists, list)) add(made, list, status, *after);
    }
  }
  const auto call = [&](const Statement& statement, Places&& places) {
    if (places.skus.size() == 0) return;
    calls.emplace_back(statement, Parameters()
                                      .add(tenant_.value)
                                      .add(std::move(places.warehouses))
                                      .add(std::move(places.statuses))
                                      .add(std::move(places.skus)));
  };
  call(statements::remove_places, std::move(gone));
  call(statements::insert_places, std::move(made));
}

std::vector<Call> Changes::counts(std::int64_t slot) {
  Array warehouses(Element::integer);
  Array statuses(Element::integer);
  Array changes(Element::integer);
  for (const auto& [place, change] : count_changes_) {
    if (change == 0) continue;
    warehouses.add(place.first);
    statuses.add(place.second);
    changes.add(change);
  }
  std::vector<Call> calls;
  if (changes.size() == 0) return calls;
  calls.emplace_back(statements::add_counts, Parameters()
                                                 .add(tenant_.value)
                                                 .add(slot)
                                                 .add(std::move(warehouses))
                                                 .add(std::move(statuses))
                                                 .add(std::move(changes)));
  return calls;
}

void Changes::add_adjustments(std::vector<Call>& calls, const std::vector<CommitPtr>& commits) const {
  Array skus(Element::text);
  Array sequences(Element::integer);
  Array at(Element::time);
  Array warehouses(Element::integer);
  Array before(Element::integer);
  Array after(Element::integer);
  Array versions(Element::integer);
  Array reasons(Element::text);
  Array notes(Element::text);
  Array created_by(Element::text);
  for (const auto& commit : commits) {
    for (std::size_t i = 0; i < commit->events.size(); ++i) {
      const auto* line = std::get_if<StockAdjusted>(&commit->events[i]);
      if (line == nullptr) continue;
      skus.add(std::string_view(line->sku));
      sequences.add(number(commit->sequence + i));
      at.add(commit->at);
      warehouses.add(number(line->warehouse));
      before.add(line->before);
      after.add(line->after);
      versions.add(number(line->version));
      reasons.add(std::string_view(line->reason));
      notes.add(line->note ? std::optional<std::string_view>(*line->note) : std::nullopt);
      created_by.add(std::string_view(commit->actor));
    }
  }
  if (skus.size() == 0) return;
  calls.emplace_back(statements::insert_adjustments, Parameters()
                                                         .add(tenant_.value)
                                                         .add(std::move(skus))
                                                         .add(std::move(sequences))
                                                         .add(std::move(at))
                                                         .add(std::move(warehouses))
                                                         .add(std::move(before))
                                                         .add(std::move(after))
                                                         .add(std::move(versions))
                                                         .add(std::move(reasons))
                                                         .add(std::move(notes))
                                                         .add(std::move(created_by)));
}

void Changes::add_reservations(std::vector<Call>& calls) const {
  std::vector<ReservationPtr> old_ones;
  std::vector<ReservationPtr> new_ones;
  Array gone_skus(Element::text);
  Array gone_ids(Element::id);
  Array made_skus(Element::text);
  Array made_ids(Element::id);
  for (const auto& reservation : after_.reservations()) {
    const auto before = before_.find_reservation(reservation->id);
    (before == nullptr ? new_ones : old_ones).push_back(reservation);
    const auto old_skus = skus_of(before.get());
    const auto new_skus = skus_of(reservation.get());
    for (const auto sku : old_skus) {
      if (new_skus.contains(sku)) continue;
      gone_skus.add(sku);
      gone_ids.add(reservation->id.value);
    }
    for (const auto sku : new_skus) {
      if (old_skus.contains(sku)) continue;
      made_skus.add(sku);
      made_ids.add(reservation->id.value);
    }
  }
  // Closed first: their references are free then. New ones by reference, so that two transactions that hold
  // the same two wait for each other in one direction.
  add_reservation_rows(calls, old_ones, false);
  std::ranges::sort(new_ones, {}, [](const auto& each) -> const std::string& { return each->reference; });
  add_reservation_rows(calls, new_ones, true);
  if (gone_skus.size() != 0) {
    calls.emplace_back(statements::remove_reservation_skus,
                       Parameters().add(tenant_.value).add(std::move(gone_skus)).add(std::move(gone_ids)));
  }
  if (made_skus.size() != 0) {
    calls.emplace_back(statements::insert_reservation_skus,
                       Parameters().add(tenant_.value).add(std::move(made_skus)).add(std::move(made_ids)));
  }
}

void Changes::add_reservation_rows(std::vector<Call>& calls, const std::vector<ReservationPtr>& rows,
                                   bool is_new) const {
  if (rows.empty()) return;
  Array ids(Element::id);
  Array statuses(Element::integer);
  Array closed_at(Element::time);
  Array line_skus(Element::text);
  Array line_warehouses(Element::integer);
  Array line_quantities(Element::integer);
  Array first(Element::integer);
  Array last(Element::integer);
  Array references(Element::text);
  Array created_by(Element::text);
  Array created_at(Element::time);
  Array expires_at(Element::time);
  for (const auto& row : rows) {
    ids.add(row->id.value);
    statuses.add(number(row->status));
    closed_at.add(row->closed_at);
    first.add(number(line_skus.size() + 1));
    for (const auto& line : row->lines) {
      line_skus.add(std::string_view(line.sku));
      line_warehouses.add(number(line.warehouse));
      line_quantities.add(line.quantity);
    }
    last.add(number(line_skus.size()));
    references.add(std::string_view(row->reference));
    created_by.add(std::string_view(row->created_by));
    created_at.add(row->created_at);
    expires_at.add(row->expires_at);
  }
  auto parameters = Parameters()
                        .add(tenant_.value)
                        .add(std::move(ids))
                        .add(std::move(statuses))
                        .add(std::move(closed_at))
                        .add(std::move(line_skus))
                        .add(std::move(line_warehouses))
                        .add(std::move(line_quantities))
                        .add(std::move(first))
                        .add(std::move(last));
  if (!is_new) {
    calls.emplace_back(statements::update_reservations, std::move(parameters));
    return;
  }
  calls.emplace_back(statements::insert_reservations, std::move(parameters)
                                                          .add(std::move(references))
                                                          .add(std::move(created_by))
                                                          .add(std::move(created_at))
                                                          .add(std::move(expires_at)));
}

void Changes::add_answers(std::vector<Call>& calls) const {
  // Under one key the last one counts.
  std::map<std::string_view, const AnswerKept*> answers;
  for (const auto& answer : after_.answers()) answers[answer->key] = answer.get();
  if (answers.empty()) return;
  Array keys(Element::bytes);
  Array fingerprints(Element::bytes);
  Array expires_at(Element::time);
  Array statuses(Element::integer);
  Array etags(Element::bytes);
  Array bodies(Element::bytes);
  for (const auto& [key, answer] : answers) {
    keys.add(key);
    fingerprints.add(bytes_of(answer->fingerprint));
    expires_at.add(answer->expires_at);
    statuses.add(number(answer->status));
    etags.add(std::string_view(answer->etag));
    bodies.add(std::string_view(answer->body));
  }
  calls.emplace_back(statements::keep_answers, Parameters()
                                                   .add(tenant_.value)
                                                   .add(std::move(keys))
                                                   .add(std::move(fingerprints))
                                                   .add(std::move(expires_at))
                                                   .add(std::move(statuses))
                                                   .add(std::move(etags))
                                                   .add(std::move(bodies)));
}

void Changes::add_warehouses(std::vector<Call>& calls) const {
  if (!after_.changed_warehouses()) return;
  const Warehouses& before = *before_.tenant_warehouses().list;
  const auto is_same = [](const Warehouse& one, const Warehouse& other) {
    return one.name == other.name && one.address == other.address && one.is_active == other.is_active;
  };
  Array numbers(Element::integer);
  Array ids(Element::id);
  Array names(Element::text);
  Array types(Element::integer);
  Array addresses(Element::text);
  Array marketplaces(Element::text);
  Array active(Element::boolean);
  const auto text = [](const std::optional<std::string>& value) {
    return value ? std::optional<std::string_view>(*value) : std::nullopt;
  };
  for (std::size_t i = 0; i < warehouses_->size(); ++i) {
    const Warehouse& warehouse = (*warehouses_)[i];
    if (i < before.size() && is_same(before[i], warehouse)) continue;
    numbers.add(number(i));
    ids.add(warehouse.id.value);
    names.add(std::string_view(warehouse.name));
    types.add(number(warehouse.type));
    addresses.add(text(warehouse.address));
    marketplaces.add(text(warehouse.marketplace));
    active.add_flag(warehouse.is_active);
  }
  calls.emplace_back(statements::put_warehouses, Parameters()
                                                     .add(tenant_.value)
                                                     .add(number(revision_))
                                                     .add(std::move(numbers))
                                                     .add(std::move(ids))
                                                     .add(std::move(names))
                                                     .add(std::move(types))
                                                     .add(std::move(addresses))
                                                     .add(std::move(marketplaces))
                                                     .add(std::move(active)));
}

void Changes::add_directory(std::vector<Call>& calls) const {
  if (!after_.tenants().empty()) {
    Array ids(Element::id);
    Array names(Element::text);
    Array created_at(Element::time);
    for (const auto& tenant : after_.tenants()) {
      ids.add(tenant->id.value);
      names.add(std::string_view(tenant->name));
      created_at.add(tenant->created_at);
    }
    calls.emplace_back(statements::insert_tenants,
                       Parameters().add(std::move(ids)).add(std::move(names)).add(std::move(created_at)));
  }
  for (const auto& key : after_.keys()) {
    Array scopes(Element::integer);
    for (const auto scope : key->scopes) scopes.add(number(scope));
    auto parameters = Parameters()
                          .add(key->tenant.value)
                          .add(key->id.value)
                          .add(bytes_of(key->digest))
                          .add(std::string_view(key->name))
                          .add(std::string_view(key->owner))
                          .add(std::move(scopes))
                          .add(key->created_at)
                          .add(key->expires_at)
                          .add(key->revoked_at);
    const auto& limit = key->rate_limit_per_minute;
    calls.emplace_back(
        statements::put_keys,
        std::move(parameters).add(limit ? std::optional(number(*limit)) : std::optional<std::int64_t>()));
  }
}

}  // namespace nexus::store::postgres
