#include "store/postgres/sequences.hpp"

#include <algorithm>
#include <utility>

#include "store/postgres/statements.hpp"

namespace nexus::store::postgres {

namespace {

constexpr std::size_t block_size = 16'384;

std::unexpected<domain::Error> standby_not_reached(std::string warning) {
  return std::unexpected(domain::Error{.code = domain::ErrorCode::unavailable,
                                       .message = "the database does not reach its standby",
                                       .details = {},
                                       .host_detail = std::move(warning)});
}

}  // namespace

domain::Time Sequences::now() {
  last_ = std::max(last_, clock_.now());
  return last_;
}

Awaitable<Result<void>> Sequences::reserve(std::size_t count, std::uint64_t after) {
  for (;;) {
    // Not by taking blocks alone: the next one may be a continuation of this one.
    if (next_ <= after) next_ = std::min(after + 1, end_);
    if (next_ > after && end_ - next_ >= count) co_return Result<void>();
    if (auto taken = co_await take_block(std::max(count, block_size)); !taken) co_return taken;
  }
}

Awaitable<Result<void>> Sequences::take_block(std::size_t count) {
  const auto size = static_cast<std::int64_t>(count);
  std::vector<Call> calls;
  calls.emplace_back(statements::take_block, Parameters().add(store_itself).add(size).add(now()));
  const auto reply = co_await pool_.note(std::move(calls));
  if (!reply) co_return std::unexpected(reply.error());
  // A standby that takes over without it would give the same block to another node.
  if (reply->warning) co_return standby_not_reached(*reply->warning);
  const Rows& rows = reply->rows.at(0);
  const auto begin = static_cast<std::uint64_t>(rows.integer(0, 0));
  saw(rows.time(0, 1));
  // Blocks that follow each other are one; else what is left of the old one is forgotten.
  if (begin != end_) next_ = begin;
  end_ = begin + count;
  co_return Result<void>();
}

Awaitable<Result<void>> Sequences::learn_time() {
  std::vector<Call> calls;
  calls.emplace_back(statements::last_time, Parameters().add(store_itself));
  const auto reply = co_await pool_.read(std::move(calls));
  if (!reply) co_return std::unexpected(reply.error());
  if (!reply->rows[0].empty()) saw(reply->rows[0].time(0, 0));
  co_return Result<void>();
}

Awaitable<void> Sequences::give_back() {
  std::ignore = co_await note(next_);
}

Awaitable<Result<void>> Sequences::note_time() {
  // Setting the next block's begin to what it is changes nothing.
  co_return co_await note(end_);
}

Awaitable<Result<void>> Sequences::note(std::uint64_t next) {
  std::vector<Call> calls;
  calls.emplace_back(statements::return_block, Parameters()
                                                   .add(store_itself)
                                                   .add(static_cast<std::int64_t>(next))
                                                   .add(static_cast<std::int64_t>(end_))
                                                   .add(now()));
  const auto reply = co_await pool_.note(std::move(calls));
  if (!reply) co_return std::unexpected(reply.error());
  if (reply->warning) co_return standby_not_reached(*reply->warning);
  co_return Result<void>();
}

}  // namespace nexus::store::postgres
