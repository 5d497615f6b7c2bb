// What the statements cost whatever is built on top: a bare libpq loop for each connection that sends those
// of the PostgreSQL engine, in its order and in the same two round trips, and does nothing else. No HTTP, no
// rules, no grouping.
//
//   postgres_floor --url URL --work write|read --group N --connections C --seconds S
//
// write  N random items in a transaction: lock and read them, write them back with an adjustment each, commit
// read   one random item a statement, N statements on their way at a time
// Prints one JSON object: {"operations":…,"transactions":…,"seconds":…}; an operation is one item.
// What it writes is no sound stock: give it a database of its own.

#include <algorithm>
#include <atomic>
#include <chrono>
#include <cstdlib>
#include <exception>
#include <iostream>
#include <latch>
#include <memory>
#include <optional>
#include <random>
#include <stdexcept>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include <fmt/format.h>
#include <libpq-fe.h>

#include "arguments.hpp"
#include "store/postgres/statements.hpp"
#include "store/postgres/wire.hpp"

namespace {

namespace domain = nexus::domain;
using namespace nexus::store::postgres;
using SteadyClock = std::chrono::steady_clock;

// A lock that nobody else takes.
constexpr std::int64_t tenant_lock = 1;

struct Stock {
  domain::Ulid tenant;
  std::vector<std::string> skus;
};

class Loop {
 public:
  explicit Loop(const std::string& url) : connection_(PQconnectdb(url.c_str()), PQfinish) {
    if (PQstatus(connection_.get()) != CONNECTION_OK || PQenterPipelineMode(connection_.get()) != 1) fail();
  }

  void send(const Statement& statement, const Parameters& parameters) {
    if (std::ranges::find(prepared_, &statement) == prepared_.end()) {
      check(PQsendPrepare(connection_.get(), statement.name, statement.sql, 0, nullptr));
      prepared_.push_back(&statement);
      ++expected_;
    }
    const auto count = parameters.size();
    std::vector<const char*> values(count);
    std::vector<int> lengths(count);
    const std::vector<int> formats(count, 1);
    for (std::size_t i = 0; i < count; ++i) {
      values[i] = parameters.data(i);
      lengths[i] = parameters.bytes(i);
    }
    check(PQsendQueryPrepared(connection_.get(), statement.name, static_cast<int>(count), values.data(),
                              lengths.data(), formats.data(), 1));
    ++expected_;
  }

  // Ends what is sent together.
  void sync() {
    check(PQpipelineSync(connection_.get()));
    ++expected_;
  }

  // Waits for everything that was sent; the rows of each statement that gave some.
  std::vector<Rows> receive() {
    if (PQflush(connection_.get()) < 0) fail();
    std::vector<Rows> rows;
    while (expected_ > 0) {
      PGresult* result = PQgetResult(connection_.get());
      if (result == nullptr) continue;
      Rows taken(result);
      --expected_;
      switch (PQresultStatus(result)) {
        case PGRES_TUPLES_OK:
          rows.push_back(std::move(taken));
          break;
        case PGRES_COMMAND_OK:
        case PGRES_PIPELINE_SYNC:
          break;
        default:
          fail();
      }
    }
    return rows;
  }

 private:
  void check(int is_sent) const {
    if (is_sent != 1) fail();
  }
  [[noreturn]] void fail() const { throw std::runtime_error(PQerrorMessage(connection_.get())); }

  std::unique_ptr<PGconn, void (*)(PGconn*)> connection_;
  std::vector<const Statement*> prepared_;
  std::size_t expected_ = 0;
};

Stock read_stock(const std::string& url) {
  static const Statement all{"all", "SELECT tenant_id, sku FROM items WHERE NOT is_deleted ORDER BY sku"};
  Loop loop(url);
  loop.send(all, Parameters());
  loop.sync();
  const auto rows = loop.receive();
  Stock stock;
  for (std::size_t row = 0; row < rows.at(0).size(); ++row) stock.skus.emplace_back(rows[0].text(row, 1));
  if (stock.skus.empty()) throw std::runtime_error("the database has no items");
  stock.tenant = rows[0].id(0, 0);
  return stock;
}

std::vector<std::string> pick(const Stock& stock, std::size_t count, std::mt19937_64& random) {
  std::vector<std::string> picked;
  std::uniform_int_distribution<std::size_t> any(0, stock.skus.size() - 1);
  while (picked.size() < count) picked.push_back(stock.skus[any(random)]);
  std::ranges::sort(picked);
  picked.erase(std::ranges::unique(picked).begin(), picked.end());
  return picked;
}

Array array_of(const std::vector<std::string>& texts) {
  Array array(Element::text);
  for (const auto& text : texts) array.add(std::string_view(text));
  return array;
}

// Numbers that no adjustment has had before.
std::int64_t next_sequence() {
  static std::atomic<std::int64_t> next = std::chrono::system_clock::now().time_since_epoch().count();
  return next++;
}

void lock_and_read(Loop& loop, const Stock& stock, const std::vector<std::string>& skus) {
  loop.send(statements::begin, Parameters());
  loop.send(statements::lock_shared, Parameters().add(tenant_lock));
  loop.send(statements::lock_items, Parameters().add(stock.tenant).add(array_of(skus)));
  loop.send(statements::warehouses_since, Parameters().add(stock.tenant).add(std::int64_t{1} << 40));
  loop.sync();
}

void write_back(Loop& loop, const Stock& stock, const Rows& items, std::int64_t quantity) {
  const auto now = domain::Time{std::chrono::duration_cast<std::chrono::milliseconds>(
                                    std::chrono::system_clock::now().time_since_epoch())
                                    .count()};
  Array skus(Element::text), titles(Element::text), safety_stocks(Element::integer), low(Element::integer),
      critical(Element::integer), versions(Element::integer), updated_at(Element::time),
      deleted(Element::boolean), statuses(Element::integer), first(Element::integer), last(Element::integer),
      levels(Element::integer);
  Array line_skus(Element::text), sequences(Element::integer), warehouses(Element::integer),
      before(Element::integer), after(Element::integer), reasons(Element::text), notes(Element::text),
      authors(Element::text);
  std::int64_t sequence = 0;
  for (std::size_t row = 0; row < items.size(); ++row) {
    auto numbers = items.integers(row, 9);
    skus.add(items.text(row, 0));
    titles.add(items.text(row, 1));
    safety_stocks.add(items.integer(row, 2));
    low.add(items.integer(row, 3));
    critical.add(items.integer(row, 4));
    versions.add(items.integer(row, 5) + 1);
    updated_at.add(now);
    deleted.add_flag(false);
    statuses.add(items.integer(row, 8));
    first.add(static_cast<std::int64_t>(levels.size() + 1));
    line_skus.add(items.text(row, 0));
    sequences.add(sequence = next_sequence());
    warehouses.add(numbers.at(0));
    before.add(numbers.at(1));
    numbers[1] = quantity;
    after.add(numbers[1]);
    for (const auto each : numbers) levels.add(each);
    last.add(static_cast<std::int64_t>(levels.size()));
    reasons.add(std::string_view("cycle_count"));
    notes.add_none();
    authors.add(std::string_view("key_00000000000000000000000000"));
  }
  Array line_versions = versions;
  Array moments = updated_at;
  const auto revision = items.integer(0, 11);
  loop.send(statements::update_items, Parameters()
                                          .add(stock.tenant)
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
                                          .add(sequence)
                                          .add(revision)
                                          .add(std::move(last)));
  loop.send(statements::insert_adjustments, Parameters()
                                                .add(stock.tenant)
                                                .add(std::move(line_skus))
                                                .add(std::move(sequences))
                                                .add(std::move(moments))
                                                .add(std::move(warehouses))
                                                .add(std::move(before))
                                                .add(std::move(after))
                                                .add(std::move(line_versions))
                                                .add(std::move(reasons))
                                                .add(std::move(notes))
                                                .add(std::move(authors)));
  loop.send(statements::commit, Parameters());
  loop.sync();
}

struct Done {
  std::uint64_t operations = 0;
  std::uint64_t transactions = 0;
  SteadyClock::duration took{};
};

// One connection's work. Those that write have items of their own: nobody waits for a lock.
class Worker {
 public:
  Worker(const std::string& url, Stock stock, std::size_t group, std::uint64_t seed)
      : loop_(url), stock_(std::move(stock)), group_(group), random_(seed) {}

  void write() {
    const auto skus = pick(stock_, group_, random_);
    lock_and_read(loop_, stock_, skus);
    const auto rows = loop_.receive();
    // Behind the row that the lock gave.
    write_back(loop_, stock_, rows.at(1), 100 + static_cast<std::int64_t>(random_() % 900));
    loop_.receive();
    done_.operations += skus.size();
    ++done_.transactions;
  }

  void read() {
    for (std::size_t i = 0; i < group_; ++i) {
      loop_.send(statements::items_by_sku,
                 Parameters().add(stock_.tenant).add(array_of(pick(stock_, 1, random_))));
      loop_.sync();
    }
    for (const auto& rows : loop_.receive()) done_.operations += rows.size();
    done_.transactions += group_;
  }

  Done run(void (Worker::*work)(), std::chrono::duration<double> limit) {
    done_ = {};
    const auto begin = SteadyClock::now();
    do {
      (this->*work)();
      done_.took = SteadyClock::now() - begin;
    } while (done_.took < limit);
    return done_;
  }

 private:
  Loop loop_;
  Stock stock_;
  std::size_t group_;
  std::mt19937_64 random_;
  Done done_;
};

Stock slice(const Stock& stock, std::size_t part, std::size_t parts) {
  Stock own{.tenant = stock.tenant, .skus = {}};
  for (std::size_t i = part; i < stock.skus.size(); i += parts) own.skus.push_back(stock.skus[i]);
  return own;
}

int run(const nexus::bench::Arguments& arguments) {
  const auto url = arguments.text("--url");
  const auto work = arguments.text("--work") == "read" ? &Worker::read : &Worker::write;
  const std::chrono::duration<double> limit(arguments.real("--seconds"));
  const auto connections = arguments.number("--connections");
  const auto stock = read_stock(url);
  std::vector<Done> done(connections);
  std::vector<std::exception_ptr> failures(connections);
  std::latch ready(static_cast<std::ptrdiff_t>(connections));
  {
    std::vector<std::jthread> threads;
    threads.reserve(connections);
    for (std::size_t i = 0; i < connections; ++i) {
      threads.emplace_back([&, i] {
        std::optional<Worker> worker;
        try {
          worker.emplace(url, slice(stock, i, connections), arguments.number("--group"), i + 1);
          // Prepares the statements.
          (*worker.*work)();
        } catch (...) {
          failures[i] = std::current_exception();
        }
        ready.arrive_and_wait();
        if (failures[i]) return;
        try {
          done[i] = worker->run(work, limit);
        } catch (...) {
          failures[i] = std::current_exception();
        }
      });
    }
  }
  for (const auto& failure : failures) {
    if (failure) std::rethrow_exception(failure);
  }
  Done all;
  for (const Done& each : done) {
    all.operations += each.operations;
    all.transactions += each.transactions;
    all.took = std::max(all.took, each.took);
  }
  fmt::print("{{\"operations\":{},\"transactions\":{},\"seconds\":{:.6f}}}\n", all.operations,
             all.transactions, std::chrono::duration<double>(all.took).count());
  return EXIT_SUCCESS;
}

}  // namespace

int main(int argc, char** argv) {
  // As the engine's connections have it: every statement is a point or a short range of an index.
  ::setenv("PGOPTIONS",
           "-c jit=off -c plan_cache_mode=force_generic_plan -c enable_seqscan=off -c enable_hashjoin=off "
           "-c enable_mergejoin=off",
           1);
  try {
    return run(nexus::bench::Arguments(argc, argv));
  } catch (const std::exception& failure) {
    std::cerr << "postgres_floor: " << failure.what() << '\n';
    return EXIT_FAILURE;
  }
}
