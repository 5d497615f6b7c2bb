#include "store/embedded/ledger_reader.hpp"

#include <algorithm>
#include <shared_mutex>

#include <boost/asio/post.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>

#include "store/embedded/fault_settings.hpp"
#include "store/embedded/keys.hpp"
#include "store/embedded/ledger_chunk.hpp"

namespace nexus::store::embedded {

namespace {

// So many lines are looked at before the thread does something else.
constexpr std::size_t scan_at_once_max = 4096;
// So many are gathered with the mutex held.
constexpr std::size_t pending_at_once_max = 256;

const WindowPtr* window_of(const State& state, std::uint64_t sequence) {
  for (const auto& window : state.windows) {
    if (window->contains(sequence)) return &window;
  }
  return nullptr;
}

// The item's newest line below `end`: along the item's own chain from its newest line down, and at the same
// time through all lines from `end` down, whichever comes there first. 0 when no window has one.
std::uint64_t find_below(const State& state, const TenantState& tenant, SlotId slot, std::uint64_t end) {
  std::uint64_t chained = tenant.items[slot].newest_line;
  std::uint64_t scanned = std::min(end, state.open_window().end_sequence()) - 1;
  for (;; --scanned) {
    if (chained < end) return chained;
    const auto* window = window_of(state, scanned);
    if (window == nullptr) return 0;
    const auto& line = (*window)->line(scanned);
    if (line.item != Window::not_an_adjustment) {
      const auto& item = (*window)->items()[line.item];
      if (item.tenant == &tenant && item.slot == slot) return scanned;
    }
    const auto* of_chained = window_of(state, chained);
    chained = of_chained == nullptr ? 0 : (*of_chained)->line(chained).previous;
  }
}

}  // namespace

Adjustment PendingLines::Line::read() const {
  const auto line = read_line(group, place);
  return {.sequence = sequence,
          .warehouse = line.adjusted.warehouse,
          .before = line.adjusted.before,
          .after = line.adjusted.after,
          .version = line.adjusted.version,
          .reason = line.adjusted.reason,
          .note = line.adjusted.note,
          .created_by = line.commit.actor,
          .at = line.commit.at};
}

PendingLines::PendingLines(const State& state, const TenantState& tenant, SlotId slot, std::uint64_t end)
    : state_(state), next_(find_below(state, tenant, slot, end)) {}

std::vector<PendingLines::Line> PendingLines::next(std::size_t count) {
  std::vector<Line> lines;
  const std::shared_lock lock(state_.mutex);
  ledger_end_ = state_.windows.front()->first_sequence();
  while (lines.size() < count) {
    const auto* window = window_of(state_, next_);
    if (window == nullptr) break;
    const auto& line = (*window)->line(next_);
    lines.push_back({.sequence = next_,
                     .window = *window,
                     .group = (*window)->group(line.place.group),
                     .place = line.place});
    next_ = line.previous;
  }
  return lines;
}

bool LedgerReader::Filter::accepts(const Adjustment& line) const {
  if (to && line.at > *to) return false;
  if (warehouse && line.warehouse != *warehouse) return false;
  return !reason || line.reason == *reason;
}

LedgerReader::LedgerReader(Database& database, const State& state, const TenantState& tenant, SlotId slot,
                           Filter filter, std::uint64_t end)
    : database_(database),
      tenant_(tenant.id),
      sku_(tenant.items[slot].item.sku),
      filter_(std::move(filter)),
      warehouses_(tenant.warehouses),
      end_(std::clamp<std::uint64_t>(end, 1, state.last_sequence + 1)),
      pending_(state, tenant, slot, end_) {}

Awaitable<Result<std::size_t>> LedgerReader::read(std::size_t limit, AdjustmentVisitor visit) {
  std::size_t visited = 0;
  while (visited < limit) {
    const auto progress = read_some(limit - visited, scan_at_once_max, visit);
    if (!progress) co_return std::unexpected(progress.error());
    visited += progress->visited;
    if (progress->is_at_end) break;
    if (visited < limit) {
      co_await boost::asio::post(co_await boost::asio::this_coro::executor, boost::asio::use_awaitable);
    }
  }
  co_return visited;
}

bool LedgerReader::take(Adjustment& line, std::uint64_t sequence, Progress& progress,
                        AdjustmentVisitor visit) {
  end_ = sequence;
  // Times never run backwards, so nothing older can be late enough.
  if (filter_.from && line.at < *filter_.from) return false;
  if (!filter_.accepts(line)) return true;
  line.sequence = sequence;
  line.sku = sku_;
  line.id = domain::AdjustmentId{domain::Ulid::of(line.at, sequence)};
  ++progress.visited;
  visit(line);
  return true;
}

Result<LedgerReader::Progress> LedgerReader::read_some(std::size_t limit, std::size_t scan_max,
                                                       AdjustmentVisitor visit) {
  Progress progress;
  std::size_t scanned = 0;
  while (!is_at_end_ && progress.visited < limit && scanned < scan_max) {
    const auto lines =
        pending_.next(std::min({limit - progress.visited, scan_max - scanned, pending_at_once_max}));
    if (lines.empty()) {
      auto rest = read_ledger(limit - progress.visited, scan_max - scanned, visit);
      if (!rest) return rest;
      progress.visited += rest->visited;
      break;
    }
    scanned += lines.size();
    for (const auto& pending : lines) {
      auto line = pending.read();
      is_at_end_ = !take(line, pending.sequence, progress, visit);
      if (is_at_end_) break;
    }
  }
  progress.is_at_end = is_at_end_;
  return progress;
}

Result<LedgerReader::Progress> LedgerReader::read_ledger(std::size_t limit, std::size_t scan_max,
                                                         AdjustmentVisitor visit) {
  Progress progress;
  const auto prefix = keys::ledger_prefix(tenant_, sku_);
  const auto upper_key = keys::after_sku(prefix);
  const rocksdb::Slice upper(upper_key);
  rocksdb::ReadOptions options;
  options.verify_checksums = !is_broken(Promise::checksums);
  options.prefix_same_as_start = true;
  options.iterate_upper_bound = &upper;
  const auto opened = database_.use();
  if (!opened) return std::unexpected(opened.error());
  const std::unique_ptr<rocksdb::Iterator> at(
      opened->rocks().NewIterator(options, opened->family(Family::ledger)));
  std::size_t scanned = 0;
  const auto may_go_on = [&] { return !is_at_end_ && scanned < scan_max && progress.visited < limit; };
  for (at->Seek(rocksdb::Slice(keys::ledger(tenant_, sku_, end_ - 1))); at->Valid() && may_go_on();
       at->Next()) {
    const auto key = keys::parse_ledger(at->key().ToStringView());
    LedgerChunkReader chunk(key ? key->oldest : 0, at->value().ToStringView());
    auto line = chunk.next();
    for (; line && may_go_on(); line = chunk.next()) {
      // Of the chunk that the read before ended in, that one had the rest.
      if (line->sequence >= end_) continue;
      ++scanned;
      is_at_end_ = !take(*line, line->sequence, progress, visit);
    }
    if (!line && !(key && chunk.is_whole())) {
      return domain::fail(domain::ErrorCode::unavailable,
                          "a part of the ledger of SKU \"" + sku_ + "\" is damaged");
    }
    if (line) return progress;
  }
  if (!at->status().ok()) return std::unexpected(to_error("cannot read the ledger", at->status()));
  is_at_end_ = is_at_end_ || !at->Valid();
  return progress;
}

}  // namespace nexus::store::embedded
