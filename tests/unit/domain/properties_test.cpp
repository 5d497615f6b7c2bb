// Random commands, judged three ways at once: on a state that each event is applied to, on drafts that are
// stacked and merged in groups as an engine does it, and by a naive model of the rules. After each command
// the three agree, and what must always hold does: the rows add up to the total, the ledger adds up to the
// level, what orders hold adds up to what is reserved, nothing is negative.
//
// NEXUS_DOMAIN_SEED runs one seed again; NEXUS_DOMAIN_SEQUENCES says how many seeds are tried.

#include <array>
#include <cstdlib>
#include <random>
#include <sstream>

#include <gtest/gtest.h>
// After GoogleTest, which it needs and does not include.
#include <rapidcheck/gtest.h>

#include "domain/apply.hpp"
#include "domain/availability.hpp"
#include "store/memory/state.hpp"
#include "support/command_maker.hpp"
#include "support/describe.hpp"
#include "unit/domain/naive_model.hpp"

namespace nexus::domain {
namespace {

using store::memory::State;
using test::CommandMaker;
using test::describe;
using test::Step;

// How often each kind of request was done and refused.
struct Tally {
  std::array<std::size_t, std::variant_size_v<Request>> done{};
  std::array<std::size_t, std::variant_size_v<Request>> refused{};
};

class Simulation {
 public:
  explicit Simulation(Tally& tally) : tally_(tally) {}

  // Runs one command. Returns what is wrong after it, or nothing.
  std::string step(const Step& step) {
    problem_.clear();
    now_ = now_.plus_ms(step.extra % 8 == 0 ? static_cast<std::int64_t>(step.quantity % 30'000) : 0);
    const Command command{.tenant = {}, .actor = "ada", .request = maker_.make(step)};
    const bool alone = touches_whole_warehouse(command);
    if (alone) merge_group();
    const Stamp stamp{.now = now_, .sequence = sequence_};
    auto on_state = decide(command, state_, stamp);
    auto on_group = decide(command, *group_, stamp);
    compare_verdicts(on_state, on_group, naive_.run(command.request, now_));
    ++(on_state ? tally_.done : tally_.refused)[command.request.index()];
    if (on_state && problem_.empty()) {
      take(*on_state);
      group_->absorb(std::move(*on_group->draft));
      if (!alone) compare_draft(*on_state->draft);
      learn(on_state->outcome);
    }
    if (alone || step.kind / 256 % 8 == 0) merge_group();
    for (const auto& sku : CommandMaker::skus()) compare_record(sku);
    return problem_.empty() ? std::string()
                            : problem_ + "after a request of kind " + std::to_string(command.request.index());
  }

  // What is wrong in the end.
  std::string finish() {
    problem_.clear();
    merge_group();
    for (const auto& [sku, item] : state_.all_items()) {
      check(grouped_.find_item(sku) != nullptr && *grouped_.find_item(sku) == item, sku,
            " differs where drafts were merged");
    }
    check(state_.all_items().size() == grouped_.all_items().size(), "merging made items");
    check(state_.all_held().size() == grouped_.all_held().size(), "merging made reservations held");
    check(texts(state_) == texts(grouped_), "merging gave other reservations or warehouses");
    check_reserved();
    return problem_;
  }

 private:
  // The problem is put together only when there is one.
  template <typename... Parts>
  void check(bool holds, const Parts&... problem) {
    if (holds) return;
    std::ostringstream text;
    (text << ... << problem);
    problem_ += text.str() + "; ";
  }

  static std::string code_of(const Result<Decision>& decision) {
    return decision ? "done" : std::string(name(decision.error().code));
  }

  void compare_verdicts(const Result<Decision>& on_state, const Result<Decision>& on_group,
                        const std::set<ErrorCode>& naive) {
    check(code_of(on_state) == code_of(on_group), code_of(on_state), " on the state but ", code_of(on_group),
          " on the group");
    if (!on_state && !on_group)
      check(on_state.error().message == on_group.error().message, "messages differ");
    if (on_state && on_group) check(on_state->events.size() == on_group->events.size(), "events differ");
    std::string expected;
    for (const auto code : naive) expected += std::string(name(code)) + " ";
    const bool agree = on_state ? naive.empty() : naive.contains(on_state.error().code);
    check(agree, code_of(on_state), " but the naive model says ", (expected.empty() ? "done" : expected));
  }

  // Applies the events and writes the ledger.
  void take(const Decision& decision) {
    for (const auto& event : decision.events) {
      apply(event, now_, state_);
      const auto* line = std::get_if<StockAdjusted>(&event);
      if (line == nullptr) continue;
      Quantity& sum = ledger_[line->sku][line->warehouse];
      check(line->before == sum, "the ledger has a gap");
      sum = line->after;
      check(state_.find_item(line->sku)->version == line->version, "the line names another version");
    }
    sequence_ += decision.events.size();
  }

  // What the decision says that the state is, is what applying its events made it.
  void compare_draft(const Draft& draft) {
    for (const auto& item : draft.items()) {
      check(*item == *state_.find_item(item->sku), "the draft's ", item->sku, " is not the state's");
    }
    for (const auto& reservation : draft.reservations()) {
      check(*reservation == *state_.find_reservation(reservation->id), "the draft's reservation differs");
    }
    if (const auto& warehouses = draft.changed_warehouses()) {
      check(warehouses->size() == state_.warehouses()->size(), "the draft has other warehouses");
    }
  }

  void learn(const Outcome& outcome) {
    const auto& warehouses = *state_.warehouses();
    maker_.saw(outcome, warehouses);
    check(warehouses.size() == naive_.houses.size(), "the naive model has other warehouses");
    for (std::size_t i = 0; i < std::min(warehouses.size(), naive_.houses.size()); ++i) {
      auto& house = naive_.houses[i];
      house.id = warehouses[i].id.text();
      check(house.name == warehouses[i].name && house.active == warehouses[i].is_active &&
                house.address == warehouses[i].address && house.type == warehouses[i].type,
            "warehouse ", house.name, " differs");
    }
    if (const auto* told = std::get_if<ReservationOutcome>(&outcome)) compare_order(*told->reservation);
    if (const auto* import = std::get_if<ImportOutcome>(&outcome)) {
      check(import->errors.size() == naive_.import_errors, "other rows of the import were bad");
    }
  }

  void compare_order(const Reservation& reservation) {
    const auto id = reservation.id.text();
    auto order = std::ranges::find(naive_.orders, id, &NaiveModel::Order::id);
    if (order == naive_.orders.end()) order = std::ranges::find(naive_.orders, "", &NaiveModel::Order::id);
    if (order == naive_.orders.end()) return check(false, "the naive model has no such order");
    order->id = id;
    check(order->reference == reservation.reference, "references differ");
    check(order->status == name(reservation.status), "an order is ", order->status, " to the naive model");
    check(order->expires_at == reservation.expires_at, "expiries differ");
    std::string lines;
    std::string expected;
    for (const auto& line : reservation.lines) {
      lines += line.sku + " " + std::to_string(line.warehouse) + ":" + std::to_string(line.quantity) + ",";
    }
    for (const auto& line : order->lines) {
      expected += line.sku + " " + std::to_string(line.house) + ":" + std::to_string(line.quantity) + ",";
    }
    check(lines == expected, "an order holds ", lines, " but to the naive model ", expected);
  }

  void compare_record(const std::string& sku) {
    const Item* item = state_.find_item(sku);
    const bool exists = item != nullptr && !item->is_deleted;
    const auto known = naive_.records.find(sku);
    check(exists == (known != naive_.records.end() && known->second.exists), sku, " exists for one only");
    if (item == nullptr || known == naive_.records.end()) return;
    auto& record = known->second;
    check(record.touched ? item->version > record.version : item->version == record.version, sku,
          " went from version ", record.version, " to ", item->version);
    record.version = item->version;
    record.touched = false;
    if (!exists) return;
    check(item->title == record.title && item->safety_stock == record.safety_stock, sku, " is set otherwise");
    check(item->levels.size() == record.rows.size(), sku, " has other levels");
    compare_rows(*item, record);
    check_ledger(*item);
  }

  void compare_rows(const Item& item, const NaiveModel::Record& record) {
    const auto& warehouses = *state_.warehouses();
    const auto sum = totals(item, warehouses);
    const auto expected = naive_.available_rows(record);
    Quantity rows = 0;
    for_each_row(item, warehouses, [&](const Level& level, Quantity available) {
      rows += available;
      const auto row = record.rows.find(level.warehouse);
      if (row == record.rows.end()) return check(false, item.sku, " has a level too many");
      check(level.on_hand == row->second.on_hand && level.reserved == row->second.reserved, item.sku, " has ",
            level.on_hand, "/", level.reserved, " but to the naive model ", row->second.on_hand, "/",
            row->second.reserved);
      check(level.on_hand >= 0 && level.reserved >= 0 && available >= 0, item.sku, " is negative somewhere");
      check(available == expected.at(level.warehouse), "a row of ", item.sku, " has other available");
    });
    check(rows == sum.available, "the rows of ", item.sku, " do not add up to its total");
    check(sum.available == naive_.available(record), item.sku, " has another total");
    check(name(status_of(item, warehouses)) == naive_.status(record), item.sku, " has another status");
  }

  void check_ledger(const Item& item) {
    for (const Level& level : item.levels) {
      const auto lines = ledger_.find(item.sku);
      const Quantity sum = lines == ledger_.end() ? 0 : lines->second[level.warehouse];
      check(sum == level.on_hand, "the ledger of ", item.sku, " does not add up to its level");
    }
  }

  // What is held of a writable warehouse is what its levels have reserved.
  void check_reserved() {
    std::map<std::pair<std::string, WarehouseNumber>, Quantity> held;
    for (const auto& [reference, reservation] : state_.all_held()) {
      for (const auto& line : reservation->lines) held[{line.sku, line.warehouse}] += line.quantity;
    }
    for (const auto& [sku, item] : state_.all_items()) {
      for (const auto& level : item.levels) {
        if (state_.warehouses()->at(level.warehouse).is_readonly()) continue;
        const auto sum = held[{sku, level.warehouse}];
        check(sum == level.reserved, "what is held of ", sku, " is not what is reserved");
      }
    }
  }

  static std::string texts(const State& state) {
    std::string out;
    for (const auto& [id, reservation] : state.all_reservations()) out += describe(*reservation) + '\n';
    for (const auto& warehouse : *state.warehouses()) out += describe(warehouse) + '\n';
    return out;
  }

  // Makes what the group's draft says the state, as an engine does.
  void merge_group() {
    for (const auto& item : group_->items()) *grouped_.edit_item(item->sku) = *item;
    // Closed ones first: a reference that was given back may be held again.
    for (const bool held : {false, true}) {
      for (const auto& reservation : group_->reservations()) {
        if ((reservation->status == ReservationStatus::held) == held) grouped_.put_reservation(reservation);
      }
    }
    if (const auto& warehouses = group_->changed_warehouses()) {
      for (std::size_t i = 0; i < warehouses->size(); ++i) {
        grouped_.put_warehouse(static_cast<WarehouseNumber>(i), (*warehouses)[i]);
      }
    }
    for (const auto& touched : group_->touched()) grouped_.touch_items_of(touched.warehouse, touched.at);
    group_ = std::make_unique<Draft>(grouped_);
  }

  Tally& tally_;
  CommandMaker maker_;
  State state_;
  State grouped_;
  std::unique_ptr<Draft> group_ = std::make_unique<Draft>(grouped_);
  NaiveModel naive_;
  std::map<std::string, std::map<WarehouseNumber, Quantity>> ledger_;
  Time now_{1'773'324'000'000};
  std::uint64_t sequence_ = 1;
  std::string problem_;
};

std::string run(const std::vector<Step>& steps, Tally& tally) {
  Simulation simulation(tally);
  for (std::size_t i = 0; i < steps.size(); ++i) {
    if (auto problem = simulation.step(steps[i]); !problem.empty()) {
      return "step " + std::to_string(i) + ": " + problem;
    }
  }
  return simulation.finish();
}

std::vector<Step> random_steps(std::uint32_t seed, std::size_t count) {
  std::mt19937 dice(seed);
  const auto roll = [&] { return static_cast<std::uint32_t>(dice()); };
  std::vector<Step> steps(count);
  for (auto& step : steps) step = {roll(), roll(), roll(), roll(), roll()};
  return steps;
}

constexpr std::size_t steps_in_sequence = 250;

std::size_t number_from(const char* variable, std::size_t otherwise) {
  const char* text = std::getenv(variable);
  return text == nullptr ? otherwise : static_cast<std::size_t>(std::atoll(text));
}

TEST(PropertiesTest, state_drafts_and_naive_model_agree_on_a_million_commands) {
  Tally tally;
  const auto first = number_from("NEXUS_DOMAIN_SEED", 1);
  const bool is_one = std::getenv("NEXUS_DOMAIN_SEED") != nullptr;
  const auto count = is_one ? 1 : number_from("NEXUS_DOMAIN_SEQUENCES", 1'000'000 / steps_in_sequence);
  for (std::size_t seed = first; seed < first + count; ++seed) {
    const auto problem = run(random_steps(static_cast<std::uint32_t>(seed), steps_in_sequence), tally);
    ASSERT_EQ(problem, "") << "seed " << seed;
  }
  if (count < 100) return;
  for (std::size_t kind = Request(CreateWarehouse{}).index(); kind < tally.done.size(); ++kind) {
    EXPECT_GT(tally.done[kind], count / 10) << "too few of kind " << kind << " are done to tell anything";
    if (kind == Request(CreateWarehouse{}).index() || kind == Request(ImportRows{}).index()) continue;
    EXPECT_GT(tally.refused[kind], count / 4) << "too few of kind " << kind << " are refused";
  }
}

RC_GTEST_PROP(PropertiesTest, short_sequences_agree_and_are_shortened_when_they_do_not, ()) {
  const auto raw = rc::gen::resize(rc::kNominalSize, rc::gen::inRange<std::uint32_t>(0, 1U << 20));
  const auto steps = *rc::gen::container<std::vector<Step>>(rc::gen::build<Step>(
      rc::gen::set(&Step::kind, raw), rc::gen::set(&Step::sku, raw), rc::gen::set(&Step::warehouse, raw),
      rc::gen::set(&Step::quantity, raw), rc::gen::set(&Step::extra, raw)));
  Tally tally;
  RC_ASSERT(run(steps, tally) == "");
}

}  // namespace
}  // namespace nexus::domain
