#include "store/embedded/operation.hpp"

#include <algorithm>
#include <utility>
#include <variant>

#include <boost/asio/post.hpp>
#include <boost/asio/prefer.hpp>

namespace nexus::store::embedded {

namespace {

std::size_t size_of(const domain::LevelUpdate& update) {
  return sizeof(update) + update.sku.size() + update.reason.size() + (update.note ? update.note->size() : 0);
}
std::size_t size_of(const domain::SyncRow& row) {
  return sizeof(row) + row.sku.size();
}
std::size_t size_of(const domain::RequestedLine& line) {
  return sizeof(line) + line.sku.size();
}
std::size_t size_of(const domain::ImportRow& row) {
  return sizeof(row) + row.sku.size() + (row.title ? row.title->size() : 0);
}

template <typename Rows>
std::size_t size_of_all(const Rows& rows) {
  std::size_t size = 0;
  for (const auto& row : rows) size += size_of(row);
  return size;
}

// What may be large; everything else is within its text rules.
std::size_t size_of(const domain::Request& request) {
  if (const auto* levels = std::get_if<domain::UpdateLevels>(&request)) return size_of_all(levels->updates);
  if (const auto* levels = std::get_if<domain::SyncLevels>(&request)) return size_of_all(levels->rows);
  if (const auto* hold = std::get_if<domain::HoldReservation>(&request)) return size_of_all(hold->lines);
  if (const auto* rows = std::get_if<domain::ImportRows>(&request)) return size_of_all(rows->rows);
  return 0;
}

}  // namespace

Operation::Operation(domain::Command what, std::optional<Idempotency> key, boost::asio::any_io_executor where)
    : command(std::move(what)),
      idempotency(std::move(key)),
      // An executor must not run out of work while one of its coroutines waits here.
      executor(boost::asio::prefer(std::move(where), boost::asio::execution::outstanding_work.tracked)),
      bytes(sizeof(Operation) + size_of(command.request)) {}

void complete_all(std::vector<OperationPtr> operations) {
  while (!operations.empty()) {
    const auto executor = operations.front()->executor;
    const auto others = std::ranges::stable_partition(
        operations, [&](const OperationPtr& operation) { return operation->executor == executor; });
    std::vector<OperationPtr> rest(std::make_move_iterator(others.begin()),
                                   std::make_move_iterator(others.end()));
    operations.erase(others.begin(), others.end());
    boost::asio::post(executor, [mine = std::move(operations)]() mutable {
      for (auto& operation : mine) std::exchange(operation, nullptr)->complete();
    });
    operations = std::move(rest);
  }
}

bool OperationQueue::push(OperationPtr& operation) {
  bool was_empty = false;
  {
    const std::scoped_lock lock(mutex_);
    if (is_closed_ || waiting_.size() >= operations_max || bytes_ + operation->bytes > bytes_max)
      return false;
    was_empty = waiting_.empty();
    bytes_ += operation->bytes;
    waiting_.push_back(std::move(operation));
  }
  if (was_empty) has_work_.notify_one();
  return true;
}

std::vector<OperationPtr> OperationQueue::take(std::chrono::milliseconds wait_max) {
  std::unique_lock lock(mutex_);
  has_work_.wait_for(lock, wait_max, [this] { return is_closed_ || !waiting_.empty(); });
  bytes_ = 0;
  return std::exchange(waiting_, {});
}

void OperationQueue::close() {
  {
    const std::scoped_lock lock(mutex_);
    is_closed_ = true;
  }
  has_work_.notify_one();
}

bool OperationQueue::is_closed() const {
  const std::scoped_lock lock(mutex_);
  return is_closed_;
}

}  // namespace nexus::store::embedded
