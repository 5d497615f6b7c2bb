#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "domain/commands.hpp"
#include "domain/decide.hpp"
#include "store/memory/state.hpp"
#include "store/queries.hpp"
#include "store/store.hpp"

namespace nexus::simulation {

using store::Executed;
using store::Idempotency;
using store::Result;

// What the engine has to be at one moment: plain maps, and the plain list of every adjustment. A copy is a
// moment of its own.
class Model {
 public:
  struct Line {
    domain::CommitPtr commit;
    std::size_t index;

    const domain::StockAdjusted& event() const {
      return std::get<domain::StockAdjusted>(commit->events[index]);
    }
    std::uint64_t sequence() const { return commit->sequence + index; }
  };
  using State = store::memory::State;

  // Judges as the engine's writer does at `now`; what follows is in here afterwards.
  Result<Executed> execute(const domain::Command& command, const std::optional<Idempotency>& idempotency,
                           domain::Time now);
  // Releases what is due at `now`, in the order in which it became due; the commits of that.
  std::vector<domain::CommitPtr> expire(domain::Time now);
  // A commit that another model made.
  void apply(const domain::CommitPtr& commit);

  // After a restart: the last time that anyone can know of is that of the last commit.
  void forget_clock() { last_now_ = last_commit_at_; }
  // The latest reading that anything was judged by.
  domain::Time clock() const { return last_now_; }
  void set_clock(domain::Time now) { last_now_ = now; }

  std::uint64_t next_sequence() const { return next_sequence_; }
  const State& state_of(domain::TenantId tenant) const;
  // Oldest first.
  const std::vector<Line>& lines_of(domain::TenantId tenant, std::string_view sku) const;
  std::vector<domain::TenantId> tenants() const;
  std::uint64_t held_reservations() const;
  std::uint64_t items() const;

  // The naive answers to queries: SKUs in order, and reservations newest first.
  std::vector<const domain::Item*> find_items(domain::TenantId tenant, const store::ItemQuery& query) const;
  std::vector<domain::ReservationPtr> find_reservations(domain::TenantId tenant,
                                                        const store::ReservationQuery& query) const;

 private:
  struct TenantData {
    State state;
    std::map<std::string, std::vector<Line>, std::less<>> ledger;
  };

  std::map<domain::TenantId, TenantData> tenants_;
  std::set<std::tuple<domain::Time, domain::TenantId, domain::ReservationId>> expiries_;
  std::uint64_t next_sequence_ = 1;
  domain::Time last_now_;
  domain::Time last_commit_at_;
};

// What is different about two results, for a person to read; empty when nothing is.
std::string difference(const Result<Executed>& expected, const Result<Executed>& actual);

}  // namespace nexus::simulation
