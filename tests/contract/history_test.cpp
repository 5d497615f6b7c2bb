// The ledger of one SKU: complete, newest first, and still while it is read.

#include <algorithm>
#include <atomic>
#include <thread>

#include "contract/contract_test.hpp"

namespace nexus::contract {
namespace {

class HistoryTest : public ContractTest {
 protected:
  HistoryTest() : berlin_(make_warehouse("Berlin")), ulm_(make_warehouse("Ulm")) {
    make_item("A");
    make_item("B");
  }

  void adjust(const std::string& warehouse, Quantity quantity, std::string reason,
              std::optional<std::string> note = std::nullopt) {
    LevelUpdate update{.sku = "A",
                       .warehouse_id = warehouse,
                       .quantity = quantity,
                       .reason = std::move(reason),
                       .note = std::move(note)};
    execute(UpdateLevels{.updates = {std::move(update)}, .if_match = {}}).value();
  }

  std::vector<Quantity> afters(store::AdjustmentQuery query) {
    query.sku = "A";
    std::vector<Quantity> out;
    const auto lines = history(std::move(query)).value();
    for (const auto& line : lines) out.push_back(line.after);
    return out;
  }

  std::string berlin_;
  std::string ulm_;
};

using Numbers = std::vector<Quantity>;

TEST_F(HistoryTest, a_sku_that_was_never_counted_has_an_empty_history) {
  EXPECT_TRUE(history("A")->empty());
}

TEST_F(HistoryTest, an_unknown_sku_is_named_before_an_unknown_warehouse) {
  EXPECT_EQ(verdict(history({.sku = "nothing", .warehouse = WarehouseId{}})), "INVENTORY_NOT_FOUND");
  EXPECT_EQ(verdict(history({.sku = "A", .warehouse = WarehouseId{}})), "WAREHOUSE_NOT_FOUND");
}

TEST_F(HistoryTest, the_newest_line_comes_first_and_says_everything) {
  adjust(berlin_, 450, "cycle_count");
  clock_.advance_seconds(1);
  adjust(berlin_, 500, "supplier_receipt", "PO-2026-0312 received");
  const auto lines = history("A").value();
  ASSERT_EQ(lines.size(), 2U);
  EXPECT_EQ(lines[0].sku, "A");
  EXPECT_EQ(lines[0].warehouse, number_of(berlin_));
  EXPECT_EQ(lines[0].before, 450);
  EXPECT_EQ(lines[0].after, 500);
  EXPECT_EQ(lines[0].version, 3U);
  EXPECT_EQ(lines[0].reason, "supplier_receipt");
  EXPECT_EQ(lines[0].note, "PO-2026-0312 received");
  EXPECT_EQ(lines[0].created_by, "ada@example.com");
  EXPECT_EQ(lines[0].at, clock_.now());
  EXPECT_EQ(lines[1].note, std::nullopt);
  EXPECT_GT(lines[0].id, lines[1].id);
  EXPECT_GT(lines[0].sequence, lines[1].sequence);
}

TEST_F(HistoryTest, an_empty_note_is_not_the_same_as_none) {
  adjust(berlin_, 1, "cycle_count", "");
  EXPECT_EQ(history("A")->front().note, "");
}

TEST_F(HistoryTest, setting_the_number_that_stands_already_is_recorded_too) {
  adjust(berlin_, 5, "cycle_count");
  adjust(berlin_, 5, "cycle_count");
  EXPECT_EQ(afters({}), (Numbers{5, 5}));
}

TEST_F(HistoryTest, it_is_filtered_by_warehouse_reason_and_time_with_both_ends_included) {
  const Time start = clock_.now();
  adjust(berlin_, 1, "cycle_count");
  clock_.advance_seconds(1);
  adjust(ulm_, 2, "damage");
  clock_.advance_seconds(1);
  adjust(berlin_, 3, "damage");
  clock_.advance_seconds(1);
  adjust(ulm_, 4, "cycle_count");
  EXPECT_EQ(afters({}), (Numbers{4, 3, 2, 1}));
  EXPECT_EQ(afters({.warehouse = WarehouseId::parse(berlin_)}), (Numbers{3, 1}));
  EXPECT_EQ(afters({.reason = "damage"}), (Numbers{3, 2}));
  EXPECT_EQ(afters({.reason = "dam"}), (Numbers{}));
  EXPECT_EQ(afters({.warehouse = WarehouseId::parse(ulm_), .reason = "damage"}), (Numbers{2}));
  EXPECT_EQ(afters({.from = start.plus_ms(1000)}), (Numbers{4, 3, 2}));
  EXPECT_EQ(afters({.from = start.plus_ms(1001)}), (Numbers{4, 3}));
  EXPECT_EQ(afters({.to = start.plus_ms(2000)}), (Numbers{3, 2, 1}));
  EXPECT_EQ(afters({.to = start.plus_ms(1999)}), (Numbers{2, 1}));
  EXPECT_EQ(afters({.from = start.plus_ms(1000), .to = start.plus_ms(2000)}), (Numbers{3, 2}));
  EXPECT_EQ(afters({.from = start.plus_ms(2000), .to = start.plus_ms(1000)}), (Numbers{}));
  EXPECT_EQ(afters({.from = Time{0}, .to = Time{1'000'000'000'000'000}}), (Numbers{4, 3, 2, 1}));
}

TEST_F(HistoryTest, one_skus_history_does_not_run_into_another_ones) {
  for (const auto* sku : {"A0", "A/", "AA", " A"}) {
    make_item(sku);
    put(sku, berlin_, 9).value();
  }
  adjust(berlin_, 1, "cycle_count");
  EXPECT_EQ(afters({}), (Numbers{1}));
  EXPECT_EQ(history("AA")->size(), 1U);
}

TEST_F(HistoryTest, pages_cut_by_sequence_make_up_the_whole) {
  for (Quantity i = 0; i < 25; ++i)
    adjust(i % 2 == 0 ? berlin_ : ulm_, i, i % 3 == 0 ? "damage" : "cycle_count");
  for (const auto& filter :
       {store::AdjustmentQuery{.sku = "A"}, store::AdjustmentQuery{.sku = "A", .reason = "damage"},
        store::AdjustmentQuery{.sku = "A", .warehouse = WarehouseId::parse(ulm_)}}) {
    const auto whole = history(filter).value();
    auto query = filter;
    std::vector<HistoryLine> pages;
    for (;;) {
      auto reader = wait(store_->adjustments(tenant_, query)).value();
      std::size_t count = wait(reader->read(4, [&](const auto& line) { pages.emplace_back(line); })).value();
      if (count < 4) break;
      query.before_sequence = pages.back().sequence;
      adjust(berlin_, 99, "damage");
    }
    EXPECT_EQ(pages, whole);
  }
}

TEST_F(HistoryTest, more_than_five_thousand_lines_come_whole_and_add_up) {
  constexpr std::size_t bulks = 12;
  for (std::size_t bulk = 0; bulk < bulks; ++bulk) {
    std::vector<LevelUpdate> updates;
    for (int i = 0; i < 500; ++i) {
      updates.push_back({.sku = i % 50 == 0 ? "B" : "A",
                         .warehouse_id = i % 2 == 0 ? berlin_ : ulm_,
                         .is_delta = true,
                         .quantity = i % 3});
    }
    execute(UpdateLevels{.updates = std::move(updates), .is_bulk = true, .if_match = {}}).value();
    clock_.advance_ms(1);
  }
  const auto lines = history("A").value();
  ASSERT_EQ(lines.size(), bulks * 490);
  EXPECT_TRUE(std::ranges::is_sorted(lines, std::greater{}, &HistoryLine::sequence));
  EXPECT_TRUE(std::ranges::is_sorted(lines, std::greater{}, &HistoryLine::version));
  Quantity in_ulm = 0;
  for (auto line = lines.rbegin(); line != lines.rend(); ++line) {
    if (line->warehouse != number_of(ulm_)) continue;
    ASSERT_EQ(line->before, in_ulm);
    in_ulm = line->after;
  }
  EXPECT_EQ(in_ulm, on_hand("A", ulm_));
  for (const std::size_t at_once : {1, 7, 5880, 100'000}) {
    auto reader = wait(store_->adjustments(tenant_, {.sku = "A"})).value();
    EXPECT_EQ(read_all(*reader, at_once), lines) << at_once << " at once";
  }
}

TEST_F(HistoryTest, it_is_read_as_it_was_at_the_call_while_writes_go_on) {
  for (Quantity i = 0; i < 300; ++i) adjust(berlin_, i, "cycle_count");
  const auto expected = history("A").value();
  auto reader = wait(store_->adjustments(tenant_, {.sku = "A"})).value();
  std::atomic<bool> stop = false;
  std::thread writer([&] {
    for (Quantity i = 1000; !stop || i < 1050; ++i) adjust(ulm_, i, "damage");
  });
  std::vector<HistoryLine> lines;
  for (std::size_t count = 3; count == 3;) {
    count = wait(reader->read(3, [&](const auto& line) { lines.emplace_back(line); })).value();
  }
  stop = true;
  writer.join();
  EXPECT_EQ(lines, expected);
  EXPECT_EQ(reader->warehouses().size(), 2U);
  EXPECT_EQ(wait(reader->read(3, [](const auto&) { FAIL() << "behind the end"; })).value(), 0U);
}

TEST_F(HistoryTest, reading_none_visits_none) {
  adjust(berlin_, 1, "cycle_count");
  auto reader = wait(store_->adjustments(tenant_, {.sku = "A"})).value();
  EXPECT_EQ(wait(reader->read(0, [](const auto&) { FAIL(); })).value(), 0U);
  EXPECT_EQ(read_all(*reader).size(), 1U);
}

}  // namespace
}  // namespace nexus::contract
