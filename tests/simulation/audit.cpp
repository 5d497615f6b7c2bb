#include "simulation/audit.hpp"

#include <algorithm>
#include <ranges>

#include <fmt/format.h>

#include "domain/availability.hpp"
#include "store/wait.hpp"
#include "support/command_maker.hpp"
#include "support/describe.hpp"

namespace nexus::simulation {

using namespace domain;
using store::wait;

namespace {

std::string compare(const Model::Line& line, std::string_view sku, const store::Adjustment& told) {
  const StockAdjusted& event = line.event();
  if (told.sequence == line.sequence() && told.id == line.commit->adjustment_id(line.index) &&
      told.sku == sku && told.warehouse == event.warehouse && told.before == event.before &&
      told.after == event.after && told.version == event.version && told.reason == event.reason &&
      told.note == event.note && told.created_by == line.commit->actor && told.at == line.commit->at) {
    return "";
  }
  return fmt::format(
      "the history of {} has line {} ({} to {}, version {}), expected line {} ({} to {}, version {})", sku,
      told.sequence, told.before, told.after, told.version, line.sequence(), event.before, event.after,
      event.version);
}

bool matches(const Model::Line& line, const store::AdjustmentQuery& query,
             std::optional<WarehouseNumber> warehouse) {
  if (query.before_sequence && line.sequence() >= *query.before_sequence) return false;
  if (query.from && line.commit->at < *query.from) return false;
  if (query.to && line.commit->at > *query.to) return false;
  if (warehouse && line.event().warehouse != *warehouse) return false;
  return !query.reason || line.event().reason == *query.reason;
}

}  // namespace

std::string Audit::item(TenantId tenant, std::string_view sku) {
  const Item* expected = model_.state_of(tenant).find_item(sku);
  if (expected != nullptr && expected->is_deleted) expected = nullptr;
  std::string problem;
  const bool is_there =
      wait(engine_.read_item(tenant, sku, [&](const Item& item, const Warehouses& warehouses) {
        if (expected == nullptr) {
          problem = fmt::format("{} is there and must not be", test::describe(item));
        } else if (item != *expected) {
          problem = fmt::format("item {}, expected {}", test::describe(item), test::describe(*expected));
        } else if (status_of(item, warehouses) !=
                   status_of(*expected, *model_.state_of(tenant).warehouses())) {
          problem = fmt::format("the status of {} is wrong", sku);
        }
      }));
  if (!is_there && expected != nullptr) return fmt::format("item {} is missing", test::describe(*expected));
  return problem;
}

std::string Audit::page(TenantId tenant, const store::ItemQuery& query) {
  std::vector<std::string> told;
  const auto page = wait(engine_.list_items(
      tenant, query, [&](const Item& item, const Warehouses&) { told.push_back(item.sku); }));
  if (!page) return is_excused(page.error()) ? "" : "a list is refused: " + page.error().message;
  const auto all = model_.find_items(tenant, query);
  std::vector<std::string> expected;
  for (const auto* item : all) {
    if (item->sku > query.after) expected.push_back(item->sku);
  }
  const bool has_more = expected.size() > query.limit;
  if (has_more) expected.resize(query.limit);
  if (told == expected && page->total == all.size() && page->has_more == has_more) return "";
  return fmt::format("a list has {} of {}, expected {} of {}", told.size(), page->total, expected.size(),
                     all.size());
}

std::string Audit::history(TenantId tenant, const store::AdjustmentQuery& query, std::size_t at_once) {
  const auto& state = model_.state_of(tenant);
  const Item* item = state.find_item(query.sku);
  auto reader = wait(engine_.adjustments(tenant, query));
  if (!reader) {
    if (is_excused(reader.error())) return "";
    const bool is_known = item != nullptr && !item->is_deleted;
    return is_known ? "a history is refused: " + reader.error().message : "";
  }
  if (item == nullptr || item->is_deleted) return "there is a history of " + query.sku;
  const auto number = query.warehouse ? find_warehouse(*state.warehouses(), *query.warehouse) : std::nullopt;
  std::vector<const Model::Line*> expected;
  for (const auto& line : std::views::reverse(model_.lines_of(tenant, query.sku))) {
    if (matches(line, query, number)) expected.push_back(&line);
  }
  std::string problem;
  std::size_t next = 0;
  for (;;) {
    const auto count = wait((*reader)->read(at_once, [&](const store::Adjustment& told) {
      if (!problem.empty()) return;
      problem = next < expected.size() ? compare(*expected[next], query.sku, told)
                                       : fmt::format("the history of {} has a line too many", query.sku);
      ++next;
    }));
    if (!count) return is_excused(count.error()) ? "" : "a history is refused: " + count.error().message;
    if (!problem.empty()) return problem;
    if (*count < at_once) break;
  }
  if (next == expected.size()) return "";
  return fmt::format("the history of {} has {} lines, expected {}", query.sku, next, expected.size());
}

std::string Audit::reservation(TenantId tenant, ReservationId id) {
  const auto found = wait(engine_.find_reservation(tenant, id));
  if (!found) return is_excused(found.error()) ? "" : "a reservation is refused: " + found.error().message;
  const auto expected = model_.state_of(tenant).find_reservation(id);
  const auto text = [](const ReservationPtr& one) { return one ? test::describe(*one) : "none"; };
  if ((*found == nullptr) == (expected == nullptr) && (!expected || **found == *expected)) return "";
  return fmt::format("reservation {}, expected {}", text(*found), text(expected));
}

std::string Audit::reservations(TenantId tenant, const store::ReservationQuery& query) {
  const auto page = wait(engine_.list_reservations(tenant, query));
  if (!page) return is_excused(page.error()) ? "" : "reservations are refused: " + page.error().message;
  auto expected = model_.find_reservations(tenant, query);
  const bool has_more = expected.size() > query.limit;
  if (has_more) expected.resize(query.limit);
  const auto same = [](const ReservationPtr& one, const ReservationPtr& other) { return *one == *other; };
  if (std::ranges::equal(page->reservations, expected, same) && page->has_more == has_more) return "";
  for (std::size_t i = 0; i < std::max(expected.size(), page->reservations.size()); ++i) {
    const auto text = [i](const std::vector<ReservationPtr>& all) {
      return i < all.size() ? test::describe(*all[i]) : std::string("none");
    };
    if (text(expected) != text(page->reservations)) {
      return fmt::format("reservation {} of a list is {}, expected {}", i, text(page->reservations),
                         text(expected));
    }
  }
  return "a list of reservations says wrongly whether there are more";
}

std::string Audit::warehouses(TenantId tenant) {
  const auto told = wait(engine_.warehouses(tenant));
  const auto expected = model_.state_of(tenant).warehouses();
  const auto same = [](const Warehouse& one, const Warehouse& other) {
    return test::describe(one) == test::describe(other);
  };
  return std::ranges::equal(*told, *expected, same) ? "" : "the warehouses differ";
}

std::string Audit::directory() {
  const auto& state = model_.state_of({});
  std::string told;
  std::string expected;
  for (const auto& tenant : wait(engine_.tenants())) told += test::describe(tenant) + '\n';
  for (const auto& [id, tenant] : state.all_tenants()) expected += test::describe(tenant) + '\n';
  for (const auto& key : wait(engine_.keys(std::nullopt))) told += test::describe(key) + '\n';
  for (const auto& [id, key] : state.all_keys()) {
    expected += test::describe(key) + '\n';
  }
  if (told != expected) return "tenants and keys are\n" + told + "expected\n" + expected;
  for (const auto& [id, key] : state.all_keys()) {
    if (wait(engine_.find_key(key.digest)) == nullptr) return "a key is not found by its digest";
  }
  return "";
}

std::string Audit::of_tenant(TenantId tenant) {
  if (auto problem = warehouses(tenant); !problem.empty()) return problem;
  for (const auto& sku : test::CommandMaker::skus()) {
    if (auto problem = item(tenant, sku); !problem.empty()) return problem;
    if (auto problem = history(tenant, {.sku = sku}, 1000); !problem.empty()) return problem;
  }
  if (auto problem = page(tenant, {.limit = 100}); !problem.empty()) return problem;
  for (const auto status : {Status::normal, Status::low, Status::out_of_stock}) {
    store::ItemQuery query{.limit = 2};
    query.statuses.add(status);
    if (auto problem = page(tenant, query); !problem.empty()) return problem;
  }
  return reservations(tenant, {.limit = 100'000});
}

std::string Audit::everything() {
  if (const auto last = engine_.last_sequence(); last + 1 != model_.next_sequence()) {
    return fmt::format("the last event is {}, expected {}", last, model_.next_sequence() - 1);
  }
  if (auto problem = directory(); !problem.empty()) return problem;
  for (const auto tenant : model_.tenants()) {
    if (auto problem = of_tenant(tenant); !problem.empty()) {
      return fmt::format("tenant {}: {}", tenant.text(), problem);
    }
  }
  const auto figures = engine_.figures();
  if (figures.items != model_.items() || figures.reservations_held != model_.held_reservations() ||
      figures.tenants != model_.tenants().size()) {
    return fmt::format("figures of {} items and {} reservations, expected {} and {}", figures.items,
                       figures.reservations_held, model_.items(), model_.held_reservations());
  }
  return "";
}

std::string Audit::verify() {
  const auto report = engine_.verify(nullptr);
  if (!report) return "verify failed: " + report.error().message;
  return report->ok() ? "" : "verify: " + report->problems.front();
}

Audit::SlowReading::SlowReading(store::embedded::DrivenEngine& engine, const Model& model, TenantId tenant,
                                std::string sku)
    : sku_(std::move(sku)) {
  const Item* item = model.state_of(tenant).find_item(sku_);
  const bool is_known = item != nullptr && !item->is_deleted;
  auto reader = wait(engine.adjustments(tenant, {.sku = sku_}));
  if (reader.has_value() != is_known) problem_ = "a history is there when its item is not";
  if (reader) reader_ = std::move(*reader);
  if (is_known) left_ = model.lines_of(tenant, sku_);
}

std::string Audit::SlowReading::read(std::size_t count) {
  if (!problem_.empty() || !reader_) return problem_;
  const auto told = wait(reader_->read(count, [&](const store::Adjustment& line) {
    if (!problem_.empty()) return;
    problem_ = left_.empty() ? "a slow reading of " + sku_ + " has a line too many"
                             : compare(left_.back(), sku_, line);
    if (!left_.empty()) left_.pop_back();
  }));
  if (!told) {
    // The disk may not be readable just now; there is no more of it then.
    reader_.reset();
    return problem_;
  }
  if (*told < count) {
    if (problem_.empty() && !left_.empty()) problem_ = "a slow reading of " + sku_ + " ends too soon";
    reader_.reset();
  }
  return problem_;
}

}  // namespace nexus::simulation
