#pragma once

#include <condition_variable>
#include <cstddef>
#include <deque>
#include <mutex>
#include <optional>
#include <utility>

namespace nexus::store::embedded {

// Hands things from one thread to another one, in order, with up to `waiting_max` on their way.
template <typename T>
class Handover {
 public:
  explicit Handover(std::size_t waiting_max) : waiting_max_(waiting_max) {}

  // Waits for room. False when it is closed: nobody will take it.
  bool give(T thing) {
    std::unique_lock lock(mutex_);
    changed_.wait(lock, [&] { return things_.size() < waiting_max_ || is_closed_; });
    if (is_closed_) return false;
    things_.push_back(std::move(thing));
    changed_.notify_all();
    return true;
  }

  // Waits for the next one. Nothing when it is closed and all are taken.
  std::optional<T> take() {
    std::unique_lock lock(mutex_);
    changed_.wait(lock, [&] { return !things_.empty() || is_closed_; });
    if (things_.empty()) return std::nullopt;
    std::optional<T> thing(std::move(things_.front()));
    things_.pop_front();
    changed_.notify_all();
    return thing;
  }

  // Closes it at its end, however that comes: there is nothing more to give, or nobody to take it. Either
  // side holds one.
  class Closer {
   public:
    explicit Closer(Handover& handover) : handover_(handover) {}
    ~Closer() { handover_.close(); }
    Closer(const Closer&) = delete;
    Closer& operator=(const Closer&) = delete;

   private:
    Handover& handover_;
  };

 private:
  void close() {
    const std::scoped_lock lock(mutex_);
    is_closed_ = true;
    changed_.notify_all();
  }

  const std::size_t waiting_max_;
  std::mutex mutex_;
  std::condition_variable changed_;
  std::deque<T> things_;
  bool is_closed_ = false;
};

}  // namespace nexus::store::embedded
