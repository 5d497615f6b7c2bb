#pragma once

#include <cstdint>
#include <filesystem>
#include <memory>
#include <string>

#include <rocksdb/env.h>

#include "store/embedded/embedded_store.hpp"
#include "support/manual_clock.hpp"

namespace nexus::test {

// A store that is written to in numbered steps, so that what is found after a fault can be held against how
// many of them were acknowledged. Step s of a lane adds one to the lane's own SKU and to one of five shared
// ones, in one bulk, under the idempotency key "LANE/s"; every fourth also holds and ships an order.
class Shop {
 public:
  struct Settings {
    std::uint64_t checkpoint_events = 40;
    std::int64_t checkpoint_interval_ms = 60'000;
    bool sync_writes = true;
    rocksdb::Env* environment = rocksdb::Env::Default();
  };

  // Opens or makes the store in the folder, with tenant, warehouse and SKUs. Throws what the store says.
  Shop(const std::filesystem::path& folder, Settings settings, int lanes = 1);
  explicit Shop(const std::filesystem::path& folder) : Shop(folder, Settings()) {}

  store::Engine& store() { return *store_; }
  void close() { store_.reset(); }

  // How many steps of the lane the store has.
  std::int64_t steps(int lane = 0);
  // Does step number `step`; false when the store says UNAVAILABLE.
  bool do_step(std::int64_t step, int lane = 0);
  // What the store said last when it did not take one.
  const std::string& refusal() const { return refusal_; }
  // Does the next step.
  bool do_step() { return do_step(steps() + 1); }

  // What does not fit: a bulk that is there in part, a history that does not add up, an answer that was not
  // kept. Empty when all is well. Does one more step in each lane.
  std::string audit();

 private:
  void set_up(int lanes);
  domain::Result<store::Executed> execute(domain::Request request,
                                          std::optional<store::Idempotency> idempotency = std::nullopt);
  domain::Result<store::Executed> execute_step(std::int64_t step, int lane);
  domain::Result<store::Executed> execute_step_in_time(std::int64_t step, int lane);
  std::int64_t on_hand(const std::string& sku);

  ManualClock clock_;
  std::unique_ptr<store::Engine> store_;
  domain::TenantId tenant_;
  std::string warehouse_;
  std::string refusal_;
  int lanes_;
};

// A copy of the folder as it is, which is what `kill -9` leaves behind. Nobody may be writing to it.
void copy_store(const std::filesystem::path& from, const std::filesystem::path& to);

}  // namespace nexus::test
