#include "store/postgres/verify.hpp"

#include <array>
#include <map>
#include <optional>
#include <string>
#include <tuple>
#include <utility>
#include <vector>

#include <boost/asio/io_context.hpp>
#include <fmt/format.h>

#include "domain/availability.hpp"
#include "store/item_check.hpp"
#include "store/postgres/connection.hpp"
#include "store/postgres/queries.hpp"
#include "store/postgres/rows.hpp"
#include "store/postgres/statements.hpp"
#include "store/wait.hpp"

namespace nexus::store::postgres {

namespace {

using domain::Result;
using domain::TenantId;

constexpr std::chrono::milliseconds verify_patience(10'000);
constexpr std::uint64_t items_between_progress = 10'000;

// All that is read is of the moment of its first statement, however long the reading takes.
const Statement begin_verifying{"verify_begin", "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY"};

// What is walked side by side, each by tenant, then SKU, then sequence, the greatest first.
struct Walk {
  Statement declare;
  Statement fetch;
};
const Walk walk_of_items{
    {"verify_items",
     "DECLARE walk_items NO SCROLL CURSOR FOR SELECT i.sku, i.title, i.safety_stock, "
     "i.low_threshold, i.critical_threshold, i.version, i.updated_at, i.is_deleted, i.status, "
     "i.levels, i.sequence, i.warehouses_revision, i.tenant_id FROM items i "
     "ORDER BY i.tenant_id DESC, i.sku DESC"},
    {"verify_more_items", "FETCH 1000 FROM walk_items"}};
const Walk walk_of_lines{
    {"verify_lines",
     "DECLARE walk_lines NO SCROLL CURSOR FOR SELECT sequence, at, warehouse, quantity_before, "
     "quantity_after, version, reason, note, created_by, tenant_id, sku FROM adjustments "
     "ORDER BY tenant_id DESC, sku DESC, sequence DESC"},
    {"verify_more_lines", "FETCH 5000 FROM walk_lines"}};
const Walk walk_of_held{
    {"verify_held",
     "DECLARE walk_held NO SCROLL CURSOR FOR SELECT r.tenant_id, l.sku, l.warehouse, l.quantity "
     "FROM reservations r CROSS JOIN LATERAL unnest(r.line_skus, r.line_warehouses, "
     "r.line_quantities) AS l(sku, warehouse, quantity) WHERE r.status = 0 "
     "ORDER BY r.tenant_id DESC, l.sku COLLATE \"C\" DESC"},
    {"verify_more_held", "FETCH 5000 FROM walk_held"}};

const Statement all_warehouses{"verify_warehouses",
                               "SELECT number, id, name, type, address, marketplace, is_active, revision, "
                               "tenant_id FROM warehouses ORDER BY tenant_id, number"};
const Statement counted_places{
    "verify_places", "SELECT tenant_id, warehouse, status, count(*) FROM item_places GROUP BY 1, 2, 3"};
const Statement kept_counts{"verify_counts",
                            "SELECT tenant_id, warehouse, status, sum(count)::bigint FROM item_counts "
                            "GROUP BY 1, 2, 3"};
const Statement totals_of_all{"verify_totals",
                              "SELECT (SELECT count(*) FROM items), (SELECT count(*) FROM tenants), "
                              "(SELECT count(*) FROM reservations WHERE status = 0)"};

// Thrown within this file where the reading fails.
struct CannotRead {
  std::string why;
};

// One cursor, a piece at a time.
class Cursor {
 public:
  Cursor(Connection& connection, const Walk& walk) : connection_(connection), walk_(walk) {}

  Awaitable<void> open() {
    co_await run(connection_, walk_.declare);
    co_await more();
  }
  bool at_end() const { return row_ == rows_.size(); }
  const Rows& rows() const { return rows_; }
  std::size_t row() const { return row_; }
  Awaitable<void> next() {
    if (++row_ == rows_.size()) co_await more();
  }

  static Awaitable<Rows> run(Connection& connection, const Statement& statement) {
    std::vector<Call> calls;
    calls.emplace_back(statement, Parameters());
    auto reply = co_await connection.run(std::move(calls));
    if (reply.failure) throw CannotRead{reply.failure->message};
    co_return std::move(reply.rows.at(0));
  }

 private:
  Awaitable<void> more() {
    rows_ = co_await run(connection_, walk_.fetch);
    row_ = 0;
  }

  Connection& connection_;
  const Walk& walk_;
  Rows rows_;
  std::size_t row_ = 0;
};

class Verifier {
 public:
  Verifier(Connection& connection, const Progress& progress)
      : connection_(connection),
        progress_(progress),
        items_(connection, walk_of_items),
        lines_(connection, walk_of_lines),
        held_(connection, walk_of_held) {}

  Awaitable<VerifyReport> run() {
    co_await Cursor::run(connection_, begin_verifying);
    const auto sums = co_await Cursor::run(connection_, totals_of_all);
    total_ = static_cast<std::uint64_t>(sums.integer(0, 0));
    report_.tenants = static_cast<std::uint64_t>(sums.integer(0, 1));
    report_.reservations = static_cast<std::uint64_t>(sums.integer(0, 2));
    read_warehouses(co_await Cursor::run(connection_, all_warehouses));
    co_await items_.open();
    co_await lines_.open();
    co_await held_.open();
    for (; !items_.at_end(); co_await items_.next()) {
      co_await check_item();
      if (progress_ && ++done_ % items_between_progress == 0) progress_(done_, total_);
    }
    co_await skip_strangers({});
    compare("the lists have", co_await Cursor::run(connection_, counted_places));
    compare("the counts say", co_await Cursor::run(connection_, kept_counts));
    if (progress_) progress_(total_, total_);
    co_return std::move(report_);
  }

 private:
  using Key = std::pair<TenantId, std::string>;  // tenant, SKU
  using Place = std::tuple<TenantId, std::int64_t, std::int64_t>;

  void problem(std::string text) {
    if (report_.problems.size() < VerifyReport::problems_max) report_.problems.push_back(std::move(text));
  }

  void read_warehouses(const Rows& rows) {
    for (std::size_t row = 0; row < rows.size(); ++row) {
      const TenantId tenant{rows.id(row, 8)};
      auto& known = warehouses_[tenant];
      auto warehouse = read_warehouse(rows, row);
      if (!known.empty() && warehouse.id <= known.back().id) {
        problem(
            fmt::format("tenant {}: warehouse {} has no later id than the one made before it, by which "
                        "it would be found",
                        tenant.text(), warehouse.id.text()));
      }
      known.push_back(std::move(warehouse));
    }
  }

  static Key key_of_line(const Cursor& cursor) {
    return {TenantId{cursor.rows().id(cursor.row(), 9)}, std::string(cursor.rows().text(cursor.row(), 10))};
  }
  static Key key_of_held(const Cursor& cursor) {
    return {TenantId{cursor.rows().id(cursor.row(), 0)}, std::string(cursor.rows().text(cursor.row(), 1))};
  }

  Awaitable<void> check_item() {
    const auto row = read_item(items_.rows(), items_.row());
    const auto& item = row.item;
    const Key key{TenantId{items_.rows().id(items_.row(), 12)}, item.sku};
    co_await skip_strangers(key);
    LedgerAddition addition(item);
    for (; !lines_.at_end() && key_of_line(lines_) == key; co_await lines_.next())
      addition.add(read_adjustment(lines_.rows(), lines_.row(), item.sku));
    addition.finish();
    std::map<domain::WarehouseNumber, domain::Quantity> reserved;
    for (; !held_.at_end() && key_of_held(held_) == key; co_await held_.next()) {
      const auto warehouse = static_cast<domain::WarehouseNumber>(held_.rows().integer(held_.row(), 2));
      reserved[warehouse] += held_.rows().integer(held_.row(), 3);
    }
    const auto name = fmt::format("tenant {}, SKU \"{}\": ", key.first.text(), item.sku);
    const auto& warehouses = warehouses_[key.first];
    for (const auto& complaint : addition.complaints()) problem(name + complaint);
    for (const auto& complaint : reserved_complaints(item, warehouses, std::move(reserved)))
      problem(name + complaint);
    report_.adjustments += addition.lines();
    if (item.is_deleted) co_return;
    ++report_.items;
    report_.levels += item.levels.size();
    if (domain::status_of(item, warehouses) != row.status)
      problem(name + "it is listed under another status than it has");
    expect_places(key.first, row);
  }

  void expect_places(TenantId tenant, const ItemRow& row) {
    const auto status = static_cast<std::int64_t>(row.status);
    ++expected_[{tenant, list_of_all, status}];
    for (const auto& level : row.item.levels) ++expected_[{tenant, level.warehouse, status}];
  }

  // Every line and everything held belongs to an item; without a key, to none that is left.
  Awaitable<void> skip_strangers(std::optional<Key> key) {
    for (; !lines_.at_end() && (!key || key_of_line(lines_) > *key); co_await lines_.next())
      tell_stranger(key_of_line(lines_), "the ledger has lines");
    for (; !held_.at_end() && (!key || key_of_held(held_) > *key); co_await held_.next())
      tell_stranger(key_of_held(held_), "a reservation holds some");
  }

  void tell_stranger(const Key& key, std::string_view what) {
    if (last_stranger_ == key) return;
    last_stranger_ = key;
    problem(fmt::format("tenant {}, SKU \"{}\": {} of it, and there is no such item", key.first.text(),
                        key.second, what));
  }

  void compare(std::string_view who, const Rows& rows) {
    auto missing = expected_;
    for (std::size_t row = 0; row < rows.size(); ++row) {
      const TenantId tenant{rows.id(row, 0)};
      const Place place{tenant, rows.integer(row, 1), rows.integer(row, 2)};
      const auto found = missing.find(place);
      const auto expected = found == missing.end() ? 0 : std::exchange(found->second, 0);
      if (rows.integer(row, 3) != expected) tell_count(who, place, rows.integer(row, 3), expected);
    }
    for (const auto& [place, expected] : missing) {
      if (expected != 0) tell_count(who, place, 0, expected);
    }
  }

  void tell_count(std::string_view who, const Place& place, std::int64_t told, std::int64_t expected) {
    const auto& [tenant, warehouse, status] = place;
    problem(fmt::format("tenant {}: {} {} items of status {} in warehouse {}, and there are {}",
                        tenant.text(), who, told, domain::name(static_cast<domain::Status>(status)),
                        warehouse, expected));
  }

  Connection& connection_;
  const Progress& progress_;
  Cursor items_;
  Cursor lines_;
  Cursor held_;
  VerifyReport report_;
  std::uint64_t done_ = 0;
  std::uint64_t total_ = 0;
  std::map<TenantId, domain::Warehouses> warehouses_;
  std::map<Place, std::int64_t> expected_;
  std::optional<Key> last_stranger_;
};

Awaitable<Result<VerifyReport>> verify_over(Connection& connection, const Progress& progress) {
  if (const auto failed = co_await connection.open(verify_patience))
    co_return domain::fail(domain::ErrorCode::unavailable, "the database cannot be reached: " + *failed);
  try {
    Verifier verifier(connection, progress);
    co_return co_await verifier.run();
  } catch (const CannotRead& trouble) {
    co_return domain::fail(domain::ErrorCode::unavailable, "the database cannot be read: " + trouble.why);
  }
}

}  // namespace

Result<VerifyReport> verify(const Target& target, const Progress& progress) {
  boost::asio::io_context context(1);
  NameLookups names(context);
  Connection connection(context, names, target, "-c jit=off -c enable_seqscan=off -c statement_timeout=0");
  std::optional<Result<VerifyReport>> report;
  std::exception_ptr failure;
  boost::asio::co_spawn(context, verify_over(connection, progress),
                        [&](const std::exception_ptr& thrown, Result<VerifyReport> result) {
                          failure = thrown;
                          report = std::move(result);
                          // Which would go on to wait for what the server may say.
                          connection.close();
                        });
  context.run();
  if (failure) std::rethrow_exception(failure);
  return std::move(*report);
}

}  // namespace nexus::store::postgres
