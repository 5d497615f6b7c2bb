#include "store/postgres/lookups.hpp"

#include <algorithm>
#include <chrono>
#include <iterator>
#include <map>
#include <set>
#include <string_view>
#include <utility>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>

#include "store/operation.hpp"
#include "store/postgres/statements.hpp"

namespace nexus::store::postgres {

namespace asio = boost::asio;

namespace {

constexpr std::size_t batches_max = 3;
constexpr std::size_t lookups_in_batch_max = 256;
// How long one waits for the batch before.
constexpr std::chrono::milliseconds overtakes_after(2);

std::string_view digest_bytes(const domain::KeyDigest& digest) {
  return {reinterpret_cast<const char*>(digest.data()), digest.size()};
}

// Who asks for what, in the order of the statements that ask for it: keys, then each tenant's items.
struct Plan {
  std::vector<Lookup*> keys;
  std::map<domain::TenantId, std::vector<Lookup*>> items;
};

Plan plan_of(const std::vector<LookupPtr>& batch) {
  Plan plan;
  for (const auto& lookup : batch) {
    (lookup->digest ? plan.keys : plan.items[lookup->tenant]).push_back(lookup.get());
  }
  return plan;
}

std::vector<Call> calls_of(const Plan& plan) {
  std::vector<Call> calls;
  if (!plan.keys.empty()) {
    std::set<std::string_view> digests;
    for (const auto* lookup : plan.keys) digests.insert(digest_bytes(*lookup->digest));
    Array array(Element::bytes);
    for (const auto digest : digests) array.add(digest);
    calls.emplace_back(statements::keys_by_digest, Parameters().add(std::move(array)));
  }
  for (const auto& [tenant, asking] : plan.items) {
    std::set<std::string_view> skus;
    for (const auto* lookup : asking) {
      if (may_be_a_sku(lookup->sku)) skus.insert(lookup->sku);
    }
    Array array(Element::text);
    for (const auto sku : skus) array.add(sku);
    calls.emplace_back(statements::items_by_sku, Parameters().add(tenant.value).add(std::move(array)));
  }
  return calls;
}

void answer_keys(const Rows& rows, const std::vector<Lookup*>& asking) {
  std::vector<domain::KeyPtr> found;
  found.reserve(rows.size());
  for (std::size_t row = 0; row < rows.size(); ++row)
    found.push_back(std::make_shared<const domain::ApiKey>(read_key(rows, row)));
  for (auto* lookup : asking) {
    const auto own = std::ranges::find_if(
        found, [&](const auto& key) { return domain::SameDigest{}(key->digest, *lookup->digest); });
    lookup->answer.key = own == found.end() ? nullptr : *own;
  }
}

void refuse(const std::vector<LookupPtr>& batch, const domain::Error& error) {
  for (const auto& lookup : batch) {
    lookup->answer.item = std::unexpected(error);
    lookup->answer.key = std::unexpected(error);
  }
}

}  // namespace

void Lookups::submit(std::vector<LookupPtr> lookups) {
  std::ranges::move(lookups, std::back_inserter(waiting_));
  pump();
}

void Lookups::pump() {
  while (!waiting_.empty() &&
         (under_way_ == 0 || (under_way_ < batches_max && waiting_.size() >= lookups_in_batch_max))) {
    send_batch();
  }
  overtake_when_late();
}

void Lookups::send_batch() {
  const auto end =
      waiting_.begin() + static_cast<std::ptrdiff_t>(std::min(waiting_.size(), lookups_in_batch_max));
  std::vector<LookupPtr> batch(std::make_move_iterator(waiting_.begin()), std::make_move_iterator(end));
  waiting_.erase(waiting_.begin(), end);
  ++under_way_;
  last_sent_at_ = std::chrono::steady_clock::now();
  asio::co_spawn(context_, run(std::move(batch)), asio::detached);
}

void Lookups::overtake_when_late() {
  if (is_waiting_to_overtake_ || waiting_.empty() || under_way_ == batches_max) return;
  is_waiting_to_overtake_ = true;
  to_overtake_.expires_at(last_sent_at_ + overtakes_after);
  to_overtake_.async_wait([this](const boost::system::error_code& cancelled) {
    if (cancelled) return;
    is_waiting_to_overtake_ = false;
    const bool is_late = std::chrono::steady_clock::now() >= last_sent_at_ + overtakes_after;
    if (is_late && !waiting_.empty() && under_way_ < batches_max) send_batch();
    overtake_when_late();
  });
}

Awaitable<void> Lookups::run(std::vector<LookupPtr> batch) {
  const auto plan = plan_of(batch);
  auto reply = co_await pool_.read(calls_of(plan));
  --under_way_;
  // The next one need not wait until this one's answers are read.
  if (reply) pump();
  if (!reply) {
    // Who came meanwhile has waited for the same.
    std::ranges::move(std::exchange(waiting_, {}), std::back_inserter(batch));
    refuse(batch, reply.error());
  } else {
    std::size_t call = 0;
    if (!plan.keys.empty()) answer_keys(reply->rows[call++], plan.keys);
    for (const auto& [tenant, asking] : plan.items) co_await answer_items(reply->rows[call++], asking);
  }
  complete_all(std::move(batch));
}

Awaitable<void> Lookups::answer_items(const Rows& rows, std::vector<Lookup*> asking) {
  // As the statement gives them: by SKU.
  std::ranges::sort(asking, {}, [](const Lookup* lookup) -> const std::string& { return lookup->sku; });
  std::size_t row = 0;
  for (auto* lookup : asking) {
    while (row < rows.size() && rows.text(row, 0) < lookup->sku) ++row;
    if (row == rows.size() || rows.text(row, 0) != lookup->sku) continue;
    auto found = read_item(rows, row);
    const auto warehouses = cache_.find(lookup->tenant);
    if (!warehouses->agree_with(found)) {
      lookup->answer.item = co_await queries_.find_item(lookup->tenant, lookup->sku);
    } else if (!found.item.is_deleted) {
      lookup->answer.item = FoundItem{.item = std::move(found.item), .warehouses = warehouses->list};
    }
  }
}

}  // namespace nexus::store::postgres
