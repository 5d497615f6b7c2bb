#pragma once

#include <chrono>
#include <condition_variable>
#include <cstddef>
#include <mutex>
#include <vector>

#include "store/operation.hpp"

namespace nexus::store::embedded {

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
