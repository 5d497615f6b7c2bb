#pragma once

#include <chrono>
#include <condition_variable>
#include <cstddef>
#include <memory>
#include <mutex>
#include <optional>
#include <vector>

#include <boost/asio/any_io_executor.hpp>

#include "store/store.hpp"

namespace nexus::store::embedded {

// One call of execute() on its way: what was asked, then what came of it, and who waits for it.
class Operation {
 public:
  Operation(domain::Command what, std::optional<Idempotency> key, boost::asio::any_io_executor where);
  virtual ~Operation() = default;
  Operation(const Operation&) = delete;
  Operation& operator=(const Operation&) = delete;

  // Gives the result to who waits. On `executor` only; the operation is spent then.
  virtual void complete() = 0;

  domain::Command command;
  std::optional<Idempotency> idempotency;
  boost::asio::any_io_executor executor;
  Result<Executed> result;
  std::size_t bytes;  // about what it holds in memory
};

using OperationPtr = std::unique_ptr<Operation>;

// Completes each operation on its own executor, with one wake-up for all that share one.
void complete_all(std::vector<OperationPtr> operations);

// What waits for the writer; bounded, so that a slow disk cannot fill the memory.
class OperationQueue {
 public:
  static constexpr std::size_t operations_max = 16'384;
  static constexpr std::size_t bytes_max = 64U << 20;

  // False, and the operation stays with the caller, when the queue is full or closed.
  bool push(OperationPtr& operation);

  // Everything that waits, in order. Waits for something to come, at most so long; nothing is empty.
  std::vector<OperationPtr> take(std::chrono::milliseconds wait_max);

  // Nothing is taken in any more.
  void close();
  bool is_closed() const;

 private:
  mutable std::mutex mutex_;
  std::condition_variable has_work_;
  std::vector<OperationPtr> waiting_;
  std::size_t bytes_ = 0;
  bool is_closed_ = false;
};

}  // namespace nexus::store::embedded
