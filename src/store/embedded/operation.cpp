#include "store/embedded/operation.hpp"

#include <utility>

namespace nexus::store::embedded {

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
