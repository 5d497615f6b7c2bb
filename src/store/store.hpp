#pragma once

#include <array>
#include <functional>
#include <memory>
#include <optional>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

#include <boost/asio/awaitable.hpp>

#include "domain/commands.hpp"
#include "domain/decide.hpp"
#include "domain/events.hpp"
#include "store/queries.hpp"

namespace nexus::store {

using domain::Result;
template <typename T>
using Awaitable = boost::asio::awaitable<T>;

// How long the answer to a request with an idempotency key is kept.
inline constexpr std::int64_t answer_kept_ms = 24LL * 3600 * 1000;

struct Executed {
  domain::CommitPtr commit;  // its events are empty when the state was as asked already
  domain::Outcome outcome;
  // Of a request with an idempotency key: the answer that is kept under it. On a replay, that and nothing
  // else.
  domain::AnswerPtr answer;
  bool is_replay = false;
};

// The answer to send and to keep, without key, fingerprint and expiry.
struct RenderedAnswer {
  std::uint16_t status = 200;
  std::string etag;
  std::string body;
};

// What makes a request safe to send twice. The first answer is kept with the commit that it answers, so that
// either both survive a crash or neither does.
struct Idempotency {
  std::string key;  // 1–255 characters, of the tenant
  std::array<std::uint8_t, 32>
      fingerprint;  // of all that was asked; another one under the same key is refused
  // Writes the answer of a first execution. Called by the engine, on a thread of its own, before the commit
  // is durable.
  std::function<RenderedAnswer(const Executed&)> render;
};

// Thrown by the methods that have no Result to say it in: the store cannot be read now. The same call may
// succeed later.
struct Unavailable : std::runtime_error {
  explicit Unavailable(domain::Error why) : std::runtime_error(why.message), error(std::move(why)) {}

  domain::Error error;
};

// The port: what every engine promises. It speaks of commands and queries, never of keys, bytes or locks.
//
// Any thread may call any method; a coroutine is resumed on its own executor. Tenants are apart: nothing of
// one is ever seen through the id of another, and an id that no tenant has reads as an empty tenant.
class Store {
 public:
  virtual ~Store() = default;

  // Decides the command and makes what follows from it durable, all or nothing.
  //
  // Commands take effect one after the other, in an order that agrees with real time: one that begins after
  // another was answered is judged on what that one left. When it returns, the effect survives any crash;
  // until then nobody sees it. The clock is read when the command is judged; times never run backwards from
  // one commit to the next.
  //
  // Errors: what domain::decide() refuses (the state is as before); IDEMPOTENCY_KEY_REUSED; UNAVAILABLE when
  // the store takes no writes, in which case the effect is not visible, but after a crash of the store may
  // turn out to be there: an idempotency key tells.
  //
  // Requests that share an idempotency key run one after the other; only a success is kept.
  virtual Awaitable<Result<Executed>> execute(domain::Command command,
                                              std::optional<Idempotency> idempotency) = 0;

  // The key with that digest; null when there is none. Expired and revoked ones are found: the caller judges.
  // A revocation that was answered is seen by every call that begins later.
  virtual Awaitable<domain::KeyPtr> find_key(const domain::KeyDigest& digest) = 0;

  // Calls `visit` once when the SKU has an inventory record; returns whether it had. The SKU may be any
  // bytes.
  virtual Awaitable<bool> read_item(domain::TenantId tenant, std::string_view sku, ItemVisitor visit) = 0;

  // Visits the page of items that match, in the order of their SKUs' bytes. The total and the page are of one
  // moment. WAREHOUSE_NOT_FOUND when the query names a warehouse that the tenant does not have.
  virtual Awaitable<Result<ItemPage>> list_items(domain::TenantId tenant, const ItemQuery& query,
                                                 ItemVisitor visit) = 0;

  // All of the tenant's, oldest first. Never null.
  virtual Awaitable<domain::WarehousesPtr> warehouses(domain::TenantId tenant) = 0;

  // The history of one SKU, newest first, as it was at the moment of the call, however long the reading
  // takes.
  class AdjustmentReader {
   public:
    virtual ~AdjustmentReader() = default;
    // Visits up to `limit` more that match; returns how many it visited: fewer than `limit` at the end only.
    // UNAVAILABLE when the ledger cannot be read.
    virtual Awaitable<Result<std::size_t>> read(std::size_t limit, AdjustmentVisitor visit) = 0;
    // The tenant's warehouses, for the ids that go with the numbers.
    virtual const domain::Warehouses& warehouses() const = 0;
  };
  // INVENTORY_NOT_FOUND, then WAREHOUSE_NOT_FOUND. The reader must not outlive the store.
  virtual Awaitable<Result<std::unique_ptr<AdjustmentReader>>> adjustments(domain::TenantId tenant,
                                                                           AdjustmentQuery query) = 0;

  // Held or closed; null when there is none.
  virtual Awaitable<Result<domain::ReservationPtr>> find_reservation(domain::TenantId tenant,
                                                                     domain::ReservationId id) = 0;
  virtual Awaitable<Result<ReservationPage>> list_reservations(domain::TenantId tenant,
                                                               ReservationQuery query) = 0;

  // For the host: all tenants, and the keys of one or of all, each in the order of their creation.
  virtual Awaitable<std::vector<domain::Tenant>> tenants() = 0;
  virtual Awaitable<std::vector<domain::ApiKey>> keys(std::optional<domain::TenantId> tenant) = 0;
};

}  // namespace nexus::store
