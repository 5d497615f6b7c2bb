#include "store/postgres/loader.hpp"

#include <algorithm>
#include <chrono>
#include <exception>
#include <optional>
#include <utility>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>

#include "domain/draft.hpp"
#include "store/postgres/changes.hpp"
#include "store/postgres/connection.hpp"
#include "store/postgres/locked_view.hpp"
#include "store/postgres/schema.hpp"
#include "store/postgres/statements.hpp"

namespace nexus::store {

namespace postgres {

namespace {

using domain::ErrorCode;
using domain::fail;
using domain::Result;

constexpr std::chrono::milliseconds loading_patience(10'000);
constexpr std::size_t lines_at_once = 10'000;

class Loader final : public PostgresLoader {
 public:
  Loader(Target target, std::uint64_t last_sequence, domain::Time last_commit_at)
      : target_(std::move(target)), last_sequence_(last_sequence), last_commit_at_(last_commit_at) {}

  const Position& position() const override { return position_; }

  Result<void> begin() {
    if (auto connected = connect(); !connected) return connected;
    std::vector<Call> calls;
    calls.emplace_back(statements::begin, Parameters());
    calls.emplace_back(
        statements::begin_move,
        Parameters().add(store_itself).add(static_cast<std::int64_t>(last_sequence_)).add(last_commit_at_));
    calls.emplace_back(statements::find_move, Parameters().add(store_itself));
    calls.emplace_back(statements::commit, Parameters());
    auto reply = run(std::move(calls));
    if (!reply) return std::unexpected(std::move(reply.error()));
    const Rows& rows = reply->rows.at(2);
    if (rows.empty())
      return fail(ErrorCode::unavailable, "the database holds a store already: name an empty one");
    if (static_cast<std::uint64_t>(rows.integer(0, 0)) != last_sequence_ ||
        rows.time(0, 1) != last_commit_at_) {
      return fail(
          ErrorCode::unavailable,
          "the database holds a part of another store, or of this one before it was written to again: "
          "begin anew with an empty one");
    }
    position_ = {
        .part = rows.integer(0, 2), .after = std::string(rows.text(0, 3)), .is_finished = rows.boolean(0, 4)};
    return {};
  }

  Result<void> load(const Piece& piece, Position next) override {
    LockedView view;
    if (piece.tenant != domain::TenantId{}) {
      const auto known = cache_.find(piece.tenant);
      std::vector<Call> calls;
      calls.emplace_back(
          statements::warehouses_since,
          Parameters().add(piece.tenant.value).add(static_cast<std::int64_t>(known->revision)));
      auto reply = run(std::move(calls));
      if (!reply) return std::unexpected(std::move(reply.error()));
      view.set_warehouses(cache_.update(piece.tenant, known, reply->rows.at(0)));
    }
    auto done = run(calls_for(piece, view, next));
    if (!done) return std::unexpected(std::move(done.error()));
    position_ = std::move(next);
    return {};
  }

 private:
  std::vector<Call> calls_for(const Piece& piece, LockedView& view, const Position& next) const {
    std::vector<std::string> skus;
    skus.reserve(piece.items.size());
    for (const auto& item : piece.items) skus.push_back(item.sku);
    view.expect_items(skus);
    domain::Draft draft(static_cast<const domain::View&>(view));
    for (const auto& tenant : piece.tenants) draft.put_tenant(tenant);
    for (const auto& key : piece.keys) draft.put_key(key);
    auto number = static_cast<domain::WarehouseNumber>(view.warehouses()->size());
    for (const auto& warehouse : piece.warehouses) draft.put_warehouse(number++, warehouse);
    for (const auto& item : piece.items) *draft.edit_item(item.sku) = item;
    for (const auto& reservation : piece.reservations) draft.put_reservation(reservation);
    for (const auto& answer : piece.answers) draft.keep_answer(answer);

    std::vector<Call> calls;
    calls.emplace_back(statements::begin, Parameters());
    const auto add = [&](std::vector<Call> more) { std::ranges::move(more, std::back_inserter(calls)); };
    Changes changes(piece.tenant, view, draft, last_sequence_);
    add(changes.statements(std::vector<domain::CommitPtr>()));
    for (std::size_t first = 0; first < piece.lines.size(); first += lines_at_once) {
      const auto begin = piece.lines.begin() + static_cast<std::ptrdiff_t>(first);
      const auto count = std::min(lines_at_once, piece.lines.size() - first);
      const std::vector<domain::CommitPtr> some(begin, begin + static_cast<std::ptrdiff_t>(count));
      add(changes.ledger(some));
    }
    add(changes.counts(0));
    calls.emplace_back(statements::note_move, Parameters()
                                                  .add(store_itself)
                                                  .add(next.part)
                                                  .add(std::string_view(next.after))
                                                  .add(std::int64_t{next.is_finished ? 1 : 0}));
    if (next.is_finished) {
      calls.emplace_back(statements::begin_sequences, Parameters()
                                                          .add(store_itself)
                                                          .add(static_cast<std::int64_t>(last_sequence_ + 1))
                                                          .add(last_commit_at_));
    }
    calls.emplace_back(statements::commit, Parameters());
    return calls;
  }

  Result<void> connect() {
    std::optional<std::string> failed;
    drive(connection_.open(loading_patience), failed);
    if (failed) return fail(ErrorCode::unavailable, "the database cannot be reached: " + *failed);
    return {};
  }

  Result<Reply> run(std::vector<Call> calls) {
    Reply reply;
    drive(connection_.run(std::move(calls)), reply);
    if (reply.failure) {
      connection_.close();
      return fail(ErrorCode::unavailable,
                  "the database did not take it: " + reply.failure->message + "; the same command goes on");
    }
    return reply;
  }

  // Waits for the work on this thread.
  template <typename T>
  void drive(Awaitable<T> work, T& value) {
    bool is_done = false;
    std::exception_ptr failure;
    boost::asio::co_spawn(context_, std::move(work), [&](const std::exception_ptr& thrown, T result) {
      failure = thrown;
      value = std::move(result);
      is_done = true;
    });
    context_.restart();
    while (context_.run_one() > 0) {
      if (is_done) break;
    }
    if (failure) std::rethrow_exception(failure);
  }

  boost::asio::io_context context_{1};
  Target target_;
  NameLookups names_{context_};
  Connection connection_{context_, names_, target_, "-c jit=off -c enable_seqscan=off"};
  WarehouseCache cache_;
  std::uint64_t last_sequence_;
  domain::Time last_commit_at_;
  Position position_;
};

}  // namespace

}  // namespace postgres

domain::Result<std::unique_ptr<PostgresLoader>> PostgresLoader::open(const std::string& url,
                                                                     std::uint64_t last_sequence,
                                                                     domain::Time last_commit_at) {
  auto target = postgres::Target::parse(url);
  if (!target) return std::unexpected(std::move(target.error()));
  if (auto migrated = postgres::migrate_schema(*target); !migrated)
    return std::unexpected(std::move(migrated.error()));
  auto loader = std::make_unique<postgres::Loader>(std::move(*target), last_sequence, last_commit_at);
  if (auto begun = loader->begin(); !begun) return std::unexpected(std::move(begun.error()));
  return loader;
}

}  // namespace nexus::store
