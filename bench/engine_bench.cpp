// The embedded engine alone, through its port: no HTTP, no JSON. Every write is durable when it counts.
//
//   engine_bench --directory DIR [--items N] [--seconds S] [--bulk-callers K] [--single-callers K]
//               [--seed N]
//
//   bulk    500 updates of random SKUs in one command, from K coroutines at a time
//   single  one update of a random SKU in one command, from K coroutines at a time
//   get     one random record
//   list    a page of 50 with its total: no filter, a status, a status in one warehouse
//
// Commands are prepared beforehand and copied, as a server would make them from a request. One thread calls,
// the engine has its own. Prints one JSON object: {"workload": {"operations":…,"seconds":…}, …}, and for the
// writes also "groups", the syncs that they took, and "log_bytes".

#include <chrono>
#include <cstdlib>
#include <iostream>
#include <memory>
#include <random>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/io_context.hpp>
#include <fmt/format.h>

#include "allocator/tuning.hpp"
#include "arguments.hpp"
#include "store/clock.hpp"
#include "store/embedded/embedded_store.hpp"
#include "store/wait.hpp"

namespace {

namespace asio = boost::asio;
namespace domain = nexus::domain;
namespace store = nexus::store;

using SteadyClock = std::chrono::steady_clock;
using Seconds = std::chrono::duration<double>;

constexpr std::size_t prepared_commands = 4096;
constexpr std::size_t prepared_bulks = 512;
constexpr int stock = 1'000'000;

template <typename T>
T value_of(domain::Result<T> result) {
  if (!result) throw std::runtime_error(result.error().message);
  return std::move(*result);
}

struct Sample {
  std::uint64_t operations = 0;
  double seconds = 0;
};

class EngineBench {
 public:
  EngineBench(const nexus::bench::Arguments& arguments)
      : items_(arguments.number("--items", 100'000)),
        limit_(arguments.real("--seconds")),
        bulk_callers_(arguments.number("--bulk-callers", 8)),
        single_callers_(arguments.number("--single-callers", 64)),
        random_(arguments.number("--seed", 1)),
        engine_(value_of(store::open_embedded_store({.directory = arguments.text("--directory")}, clock_))) {}

  void run() {
    fill();
    fmt::print("{{");
    write("bulk", prepare(prepared_bulks, domain::bulk_updates_max), bulk_callers_);
    fmt::print(",");
    write("single", prepare(prepared_commands, 1), single_callers_);
    for (const std::string_view name : {"get", "list", "list_status", "list_status_warehouse"}) {
      fmt::print(",");
      read(name);
    }
    fmt::print("}}\n");
  }

 private:
  static std::string sku(std::uint64_t number) { return fmt::format("SKU-{:07}", number); }

  store::Executed execute(domain::Request request) {
    return value_of(store::wait(
        engine_->execute({.tenant = tenant_, .actor = "bench", .request = std::move(request)}, {})));
  }

  // Two warehouses; every tenth SKU is out of stock, and of these only some stand in the second warehouse.
  void fill() {
    const auto made = execute(domain::CreateTenant{.name = "bench"});
    tenant_ = std::get<domain::Tenant>(made.outcome).id;
    for (const char* name : {"Warehouse A", "Warehouse B"}) {
      const auto warehouse = execute(domain::CreateWarehouse{.name = name});
      warehouses_.push_back(std::get<domain::Warehouse>(warehouse.outcome).id);
    }
    domain::ImportRows import;
    for (std::uint64_t i = 0; i < items_; ++i) {
      const bool is_out = i % 10 == 0;
      import.rows.push_back(row(i, 0, is_out ? 0 : stock));
      if (!is_out || i % 1000 == 0) import.rows.push_back(row(i, 1, is_out ? 0 : stock));
      if (import.rows.size() + 2 > domain::import_rows_max || i + 1 == items_) {
        execute(import);
        import.rows.clear();
      }
    }
  }

  domain::ImportRow row(std::uint64_t number, std::size_t warehouse, domain::Quantity quantity) const {
    return {.sku = sku(number),
            .title = fmt::format("A product, {:09}", number),
            .safety_stock = 10,
            .warehouse = warehouses_[warehouse].text(),
            .quantity = quantity};
  }

  // Updates of SKUs that are in stock and stay so: the lists' totals do not move.
  std::vector<domain::Command> prepare(std::size_t commands, std::size_t updates_each) {
    std::vector<domain::Command> prepared;
    for (std::size_t i = 0; i < commands; ++i) {
      domain::UpdateLevels request{.is_bulk = updates_each > 1};
      while (request.updates.size() < updates_each) {
        const std::uint64_t number = random_() % items_;
        if (number % 10 == 0) continue;
        request.updates.push_back({.sku = sku(number),
                                   .warehouse_id = warehouses_[random_() % 2].text(),
                                   .quantity = static_cast<domain::Quantity>(stock + random_() % 1000),
                                   .reason = "cycle_count"});
      }
      prepared.push_back({.tenant = tenant_, .actor = "bench", .request = std::move(request)});
    }
    return prepared;
  }

  // Runs `operation(i)` from so many coroutines until the time is up.
  template <typename Operation>
  Sample drive(std::size_t callers, Operation operation) {
    asio::io_context context(1);
    Sample sample;
    std::exception_ptr failure;
    const auto begin = SteadyClock::now();
    const auto end = begin + std::chrono::duration_cast<SteadyClock::duration>(limit_);
    const auto caller = [&]() -> asio::awaitable<void> {
      while (SteadyClock::now() < end) {
        co_await operation(sample.operations);
        ++sample.operations;
      }
    };
    for (std::size_t i = 0; i < callers; ++i) {
      asio::co_spawn(context, caller, [&](const std::exception_ptr& thrown) {
        if (thrown) failure = thrown;
      });
    }
    context.run();
    if (failure) std::rethrow_exception(failure);
    sample.seconds = Seconds(SteadyClock::now() - begin).count();
    return sample;
  }

  void write(std::string_view name, const std::vector<domain::Command>& commands, std::size_t callers) {
    std::size_t next = 0;
    const auto before = engine_->figures();
    const Sample sample = drive(callers, [&](std::uint64_t) -> asio::awaitable<void> {
      value_of(co_await engine_->execute(commands[next++ % commands.size()], {}));
    });
    const auto after = engine_->figures();
    fmt::print(R"("{}":{{"operations":{},"seconds":{:.6f},"groups":{},"log_bytes":{}}})", name,
               sample.operations, sample.seconds, after.groups - before.groups,
               after.log_bytes - before.log_bytes);
  }

  void read(std::string_view name) {
    const Sample sample = drive(1, [&](std::uint64_t) -> asio::awaitable<void> {
      if (name == "get") {
        co_await get();
      } else {
        co_await list(name);
      }
    });
    fmt::print(R"("{}":{{"operations":{},"seconds":{:.6f}}})", name, sample.operations, sample.seconds);
  }

  asio::awaitable<void> get() {
    const std::string wanted = sku(random_() % items_);
    const bool is_there = co_await engine_->read_item(
        tenant_, wanted, [&](const domain::Item& item, const domain::Warehouses&) { seen_ += item.version; });
    if (!is_there) throw std::runtime_error("no item " + wanted);
  }

  // From a random place on, so that the whole index is walked through in the end.
  asio::awaitable<void> list(std::string_view name) {
    store::ItemQuery query{.after = sku(random_() % (items_ / 2)), .limit = 50};
    if (name != "list") query.statuses.add(domain::Status::out_of_stock);
    if (name == "list_status_warehouse") query.warehouse = warehouses_[1];
    const auto page = co_await engine_->list_items(
        tenant_, query, [&](const domain::Item& item, const domain::Warehouses&) { seen_ += item.version; });
    if (value_of(page).total == 0) throw std::runtime_error("an empty list");
  }

  store::SystemClock clock_;
  std::uint64_t items_;
  Seconds limit_;
  std::size_t bulk_callers_;
  std::size_t single_callers_;
  std::mt19937_64 random_;
  std::unique_ptr<store::Engine> engine_;
  domain::TenantId tenant_;
  std::vector<domain::WarehouseId> warehouses_;
  std::uint64_t seen_ = 0;
};

}  // namespace

int main(int argc, char** argv) {
  nexus::allocator::tune();
  try {
    EngineBench(nexus::bench::Arguments(argc, argv)).run();
    return EXIT_SUCCESS;
  } catch (const std::exception& failure) {
    std::cerr << "engine_bench: " << failure.what() << '\n';
    return EXIT_FAILURE;
  }
}
