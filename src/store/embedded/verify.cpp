#include "store/embedded/verify.hpp"

#include <algorithm>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <shared_mutex>
#include <string>
#include <utility>
#include <vector>

#include <fmt/format.h>

#include "domain/availability.hpp"
#include "store/embedded/fault_settings.hpp"
#include "store/embedded/keys.hpp"
#include "store/embedded/ledger_chunk.hpp"
#include "store/embedded/ledger_reader.hpp"
#include "store/embedded/record_codec.hpp"
#include "store/item_check.hpp"

namespace nexus::store::embedded {

namespace {

constexpr std::size_t items_at_once = 256;
constexpr std::size_t lines_at_once = 256;
constexpr std::uint64_t items_between_progress = 10'000;

// An item as it is at one moment, with all that has to agree with it.
struct Subject {
  domain::Item item;
  domain::WarehousesPtr warehouses;
  domain::Status indexed_status;
  std::vector<std::pair<domain::WarehouseNumber, domain::Quantity>> held;
  PendingLines pending;
  std::uint64_t end;  // lines from here on are younger than the moment
};

class Verifier {
 public:
  Verifier(Database& database, CommitLog& log, const State& state, const Progress& progress)
      : database_(database), log_(log), state_(state), progress_(progress) {}

  VerifyReport run() {
    std::vector<const TenantState*> tenants;
    std::uint64_t total = 0;
    {
      const std::shared_lock lock(state_.mutex);
      report_.tenants = state_.directory.tenant_count();
      for (const auto& [id, tenant] : state_.tenants) {
        tenants.push_back(tenant.get());
        total += tenant->items.size();
        report_.reservations += tenant->reservations.held();
      }
    }
    // As they follow each other in the ledger, which is walked once from end to end.
    std::ranges::sort(tenants, {}, [](const TenantState* tenant) { return tenant->id; });
    if (auto checked = check_items(tenants, total); !checked) problem(told_to_host(checked.error()));
    check_log();
    check_files();
    if (progress_) progress_(total, total);
    return std::move(report_);
  }

 private:
  void problem(std::string text) {
    if (report_.problems.size() < VerifyReport::problems_max) report_.problems.push_back(std::move(text));
  }

  domain::Result<void> check_items(const std::vector<const TenantState*>& tenants, std::uint64_t total) {
    auto opened = database_.use();
    if (!opened) return std::unexpected(opened.error());
    opened_ = &*opened;
    auto checked = walk_items(tenants, total);
    ledger_.reset();
    opened_ = nullptr;
    return checked;
  }

  domain::Result<void> walk_items(const std::vector<const TenantState*>& tenants, std::uint64_t total) {
    for (const auto* tenant : tenants) {
      for (const SlotId slot : slots_in_order(*tenant)) {
        if (auto checked = check_item(*tenant, slot); !checked) return checked;
        if (progress_ && ++done_ % items_between_progress == 0) progress_(done_, total);
      }
    }
    skip_strangers(std::string(1 + keys::id_size, '\xff'));
    return ledger_status();
  }

  std::vector<SlotId> slots_in_order(const TenantState& tenant) const {
    std::vector<std::pair<std::string_view, SlotId>> named;
    for (SlotId next = 0;;) {
      const std::shared_lock lock(state_.mutex);
      const auto end = std::min<std::size_t>(next + items_at_once, tenant.items.size());
      if (next == end) break;
      for (; next < end; ++next) named.emplace_back(tenant.items[next].item.sku, next);
    }
    std::ranges::sort(named);
    std::vector<SlotId> slots(named.size());
    std::ranges::transform(named, slots.begin(), [](const auto& name) { return name.second; });
    return slots;
  }

  Subject look_at(const TenantState& tenant, SlotId id) const {
    const std::shared_lock lock(state_.mutex);
    const Slot& slot = tenant.items[id];
    const auto end = state_.last_sequence + 1;
    return {.item = slot.item,
            .warehouses = tenant.warehouses,
            .indexed_status = slot.status,
            .held = tenant.reservations.held_of(slot.item.sku),
            .pending = PendingLines(state_, tenant, id, end),
            .end = end};
  }

  domain::Result<void> check_item(const TenantState& tenant, SlotId slot) {
    auto subject = look_at(tenant, slot);
    const auto& item = subject.item;
    LedgerAddition addition(item);
    for (auto lines = subject.pending.next(lines_at_once); !lines.empty();
         lines = subject.pending.next(lines_at_once)) {
      for (const auto& line : lines) {
        addition.add(line.read());
        subject.end = line.sequence;
      }
    }
    if (auto added = add_ledger(tenant.id, item.sku, subject, addition); !added) return added;
    addition.finish();

    const auto name = fmt::format("tenant {}, SKU \"{}\": ", tenant.id.text(), item.sku);
    for (const auto& complaint : addition.complaints()) problem(name + complaint);
    check_reserved(subject, name);
    report_.adjustments += addition.lines();
    if (item.is_deleted) return {};
    ++report_.items;
    report_.levels += item.levels.size();
    if (domain::status_of(item, *subject.warehouses) != subject.indexed_status) {
      problem(name + "it is listed under another status than it has");
    }
    return {};
  }

  void check_reserved(const Subject& subject, const std::string& name) {
    std::map<domain::WarehouseNumber, domain::Quantity> held;
    for (const auto& [warehouse, quantity] : subject.held) held[warehouse] += quantity;
    for (const auto& complaint : reserved_complaints(subject.item, *subject.warehouses, std::move(held)))
      problem(name + complaint);
  }

  // The ledger's lines of the SKU that come before subject.end.
  domain::Result<void> add_ledger(domain::TenantId tenant, std::string_view sku, const Subject& subject,
                                  LedgerAddition& addition) {
    const auto prefix = keys::ledger_prefix(tenant, sku);
    if (!ledger_ || ledger_end_ != subject.pending.ledger_end()) {
      ledger_end_ = subject.pending.ledger_end();
      ledger_ = opened_->scan(Family::ledger);
      ledger_->Seek(rocksdb::Slice(walked_to_));
    }
    skip_strangers(prefix);
    for (; ledger_->Valid() && ledger_->key().starts_with(rocksdb::Slice(prefix)); ledger_->Next()) {
      const auto key = keys::parse_ledger(ledger_->key().ToStringView());
      LedgerChunkReader chunk(key ? key->oldest : 0, ledger_->value().ToStringView());
      while (const auto line = chunk.next()) {
        if (line->sequence < subject.end) addition.add(*line);
      }
      if (!key || !chunk.is_whole()) {
        problem(fmt::format("tenant {}, SKU \"{}\": a part of the ledger is damaged", tenant.text(), sku));
      }
    }
    walked_to_ = keys::after_sku(prefix);
    return ledger_status();
  }

  // Every line belongs to an item: those made after the walk began are not looked at, others must not be.
  void skip_strangers(std::string_view prefix) {
    while (ledger_ && ledger_->Valid() && ledger_->key().ToStringView() < prefix) {
      const auto key = keys::parse_ledger(ledger_->key().ToStringView());
      if (!key) {
        problem("the ledger has a key of no known form");
        ledger_->Next();
        continue;
      }
      if (!is_known(key->tenant, key->sku)) {
        problem(fmt::format("tenant {}, SKU \"{}\": the ledger has lines of it, and there is no such item",
                            key->tenant.text(), key->sku));
      }
      ledger_->Seek(rocksdb::Slice(keys::after_sku(keys::ledger_prefix(key->tenant, key->sku))));
    }
  }

  bool is_known(domain::TenantId tenant_id, std::string_view sku) const {
    const std::shared_lock lock(state_.mutex);
    const auto* tenant = state_.find(tenant_id);
    return tenant != nullptr && tenant->items.find(sku);
  }

  domain::Result<void> ledger_status() const {
    if (!ledger_ || ledger_->status().ok()) return {};
    return std::unexpected(to_error("cannot read the ledger", ledger_->status()));
  }

  std::uint64_t mark() {
    const auto stored = database_.get(Family::meta, keys::checkpoint);
    if (!stored || !*stored) return 0;
    const auto decoded = decode_mark(**stored);
    return decoded ? decoded->sequence : 0;
  }

  void check_log() {
    for (;;) {
      const auto from = mark();
      const auto replayed =
          log_.replay(from + 1, [](const CommitLog::Group&) { return domain::Result<void>(); });
      if (replayed) return;
      // A checkpoint took away what was being read: the rest is read anew.
      if (mark() != from) continue;
      problem(told_to_host(replayed.error()));
      return;
    }
  }

  void check_files() {
    if (is_broken(Promise::checksums)) return;
    const auto opened = database_.use();
    if (!opened) return problem(told_to_host(opened.error()));
    const auto status = opened->rocks().VerifyFileChecksums(rocksdb::ReadOptions());
    if (!status.ok()) problem(status.ToString());
  }

  Database& database_;
  CommitLog& log_;
  const State& state_;
  const Progress& progress_;
  VerifyReport report_;
  std::uint64_t done_ = 0;
  const Database::Use* opened_ = nullptr;  // while items are walked
  std::unique_ptr<rocksdb::Iterator> ledger_;
  std::uint64_t ledger_end_ = 0;  // the iterator has all lines below this sequence
  std::string walked_to_;         // key
};

}  // namespace

domain::Result<VerifyReport> verify(Database& database, CommitLog& log, const State& state,
                                    const Progress& progress) {
  return Verifier(database, log, state, progress).run();
}

}  // namespace nexus::store::embedded
