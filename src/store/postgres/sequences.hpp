#pragma once

#include <cstdint>

#include "store/clock.hpp"
#include "store/postgres/pool.hpp"

namespace nexus::store::postgres {

// The node's sequence numbers and its time. Numbers come in blocks that no other node has, so that no two
// commits of the store have one in common and nobody waits for anybody else's; one node alone gives them out
// without a gap. What is written to a record has a later number, and no earlier moment, than what was written
// to it before, whichever node did that.
class Sequences {
 public:
  // Both must outlive it.
  Sequences(Pool& pool, const Clock& clock) : pool_(pool), clock_(clock) {}

  // Sees to it that next() is later than `after` and that there are so many numbers from there on. They are
  // good until the next co_await only.
  Awaitable<Result<void>> reserve(std::size_t count, std::uint64_t after);
  std::uint64_t next() const { return next_; }
  void use(std::size_t count) { next_ += count; }

  // The clock's reading, but never before what was read earlier or seen in a record.
  domain::Time now();
  void saw(domain::Time moment) { last_ = std::max(last_, moment); }

  // Takes over the time that was noted last.
  Awaitable<Result<void>> learn_time();
  // Gives the rest of the block back, when nobody has taken one since.
  Awaitable<void> give_back();
  // Notes the time: a write that changes nothing else. UNAVAILABLE unless it came through.
  Awaitable<Result<void>> note_time();

 private:
  Awaitable<Result<void>> note(std::uint64_t next);
  Awaitable<Result<void>> take_block(std::size_t count);

  Pool& pool_;
  const Clock& clock_;
  std::uint64_t next_ = 1;
  std::uint64_t end_ = 1;  // the first that is not the node's
  domain::Time last_;
};

}  // namespace nexus::store::postgres
