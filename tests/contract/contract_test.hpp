#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "contract/engine_factory.hpp"
#include "store/wait.hpp"
#include "support/manual_clock.hpp"
#include "support/temporary_folder.hpp"

namespace nexus::contract {

using namespace domain;
using store::Executed;
using store::wait;

// One line of the ledger, to keep.
struct HistoryLine {
  std::string id;
  std::uint64_t sequence = 0;
  std::string sku;
  WarehouseNumber warehouse = 0;
  Quantity before = 0;
  Quantity after = 0;
  std::uint64_t version = 0;
  std::string reason;
  std::optional<std::string> note;
  std::string created_by;
  Time at;

  explicit HistoryLine(const store::Adjustment& line);
  bool operator==(const HistoryLine&) const = default;
};

struct Listed {
  std::vector<std::string> skus;
  std::uint64_t total = 0;
  bool has_more = false;

  bool operator==(const Listed&) const = default;
};

using SharedReader = std::unique_ptr<store::Store::AdjustmentReader>;

// "done", or the code of the refusal as the API spells it.
template <typename T>
std::string verdict(const Result<T>& result) {
  return result ? "done" : std::string(name(result.error().code));
}

std::vector<HistoryLine> read_all(store::Store::AdjustmentReader& reader, std::size_t at_once = 1000);

// An open engine with one tenant, and the words in which the tests speak of it.
class ContractTest : public ::testing::Test {
 protected:
  ContractTest();

  // Closes the engine and opens it again on what it left behind; only where it keeps data.
  void reopen();
  // Opens the engine on what is on the disk at this moment, as after a crash; likewise.
  void crash();
  bool keeps_data() const { return engine_.keeps_data; }

  TenantId make_tenant(std::string name);
  std::string make_warehouse(std::string name, WarehouseType type = WarehouseType::own);
  void make_item(std::string sku, Quantity safety_stock = 0);

  Result<Executed> execute(Request request, std::optional<store::Idempotency> idempotency = std::nullopt);
  Result<Executed> put(std::string sku, std::string warehouse, Quantity quantity);
  Result<Executed> change(std::string sku, std::string warehouse, Quantity delta);
  Result<Executed> sync(std::string sku, std::string warehouse, Quantity on_hand, Quantity reserved);
  Result<Executed> activate(const std::string& warehouse, bool is_active);
  Result<Executed> hold(std::string reference, std::vector<RequestedLine> lines,
                        std::optional<std::int64_t> expires_in_seconds = std::nullopt);
  // The id of what hold() made.
  static std::string id_of(const Result<Executed>& held);

  std::optional<Item> item(std::string_view sku);
  Quantity on_hand(std::string_view sku, const std::string& warehouse);
  Quantity reserved(std::string_view sku, const std::string& warehouse);
  Quantity available(std::string_view sku);
  Result<Listed> list(const store::ItemQuery& query);
  Result<std::vector<HistoryLine>> history(store::AdjustmentQuery query);
  Result<std::vector<HistoryLine>> history(std::string sku) {
    return history(store::AdjustmentQuery{.sku = std::move(sku)});
  }
  ReservationPtr reservation(const std::string& id);
  std::vector<std::string> references(store::ReservationQuery query);
  // Waits until the clock's work on that reservation is done; an engine may take up to a second.
  ReservationPtr when_closed(const std::string& id);

  WarehouseNumber number_of(const std::string& warehouse);

  test::ManualClock clock_;
  std::unique_ptr<test::TemporaryFolder> folder_ = std::make_unique<test::TemporaryFolder>();
  EngineFactory engine_ = engine_under_test();
  std::unique_ptr<store::Store> store_;
  TenantId tenant_;
};

}  // namespace nexus::contract
