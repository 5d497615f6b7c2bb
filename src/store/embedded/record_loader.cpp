#include "store/embedded/record_loader.hpp"

#include <algorithm>
#include <atomic>
#include <future>
#include <memory>
#include <optional>
#include <string_view>
#include <utility>

#include <fmt/format.h>

#include "domain/text_rules.hpp"
#include "store/embedded/keys.hpp"
#include "store/embedded/record_codec.hpp"
#include "store/embedded/thread_name.hpp"

namespace nexus::store::embedded {

namespace {

using domain::Result;

constexpr std::uint64_t records_between_progress = 10'000;
// Less is loaded before a thread has begun.
constexpr std::uint64_t part_bytes_min = 1U << 20;
constexpr std::size_t key_bytes_max = 1 + keys::id_size + domain::sku_bytes_max;

// Counts what all threads have loaded; one of them tells.
class Counter {
 public:
  Counter(std::uint64_t total, const Progress& progress) : total_(total), progress_(progress) {}

  void add(std::uint64_t records) { done_ += records; }
  void tell() const {
    const auto done = done_.load();
    if (progress_) progress_(done, std::max(done, total_));
  }

 private:
  std::uint64_t total_;
  const Progress& progress_;
  std::atomic<std::uint64_t> done_{0};
};

struct KeyRange {
  std::string begin;  // empty is before all
  std::string end;    // not in it; empty is behind all
};

// Calls `load(key, value)` for each record of the range, until one is false: that one is damaged.
template <typename Load, typename Note>
Result<void> scan(Database& database, const Database::Use& opened, Family family, const KeyRange& range,
                  Load&& load, Note&& note) {
  const rocksdb::Slice end(range.end);
  const auto records = opened.scan(family, range.end.empty() ? nullptr : &end);
  std::uint64_t loaded = 0;
  for (records->Seek(rocksdb::Slice(range.begin)); records->Valid(); records->Next()) {
    if (!load(records->key().ToStringView(), records->value().ToStringView())) {
      return domain::fail(domain::ErrorCode::unavailable,
                          fmt::format("record {:?} in {} is damaged", records->key().ToString(true),
                                      database.directory().string()));
    }
    if (++loaded % records_between_progress == 0) note(records_between_progress);
  }
  if (!records->status().ok()) {
    return std::unexpected(to_error("cannot read the records", records->status()));
  }
  return {};
}

// Items that follow each other, of one tenant after the other. Touches nothing that is not its own.
class ItemLoader {
 public:
  struct Part {
    domain::TenantId tenant;
    ItemTable::Batch items;
    std::vector<std::pair<std::uint32_t, std::uint64_t>> stamps;  // by place in the batch
  };

  explicit ItemLoader(std::uint64_t mark) : mark_(mark) {}

  bool load(std::string_view key, std::string_view value) {
    const auto parsed = keys::parse_record(key);
    if (!parsed || key.front() != keys::item_kind) return false;
    if (parts_.empty() || parts_.back().tenant != parsed->tenant) {
      parts_.push_back({.tenant = parsed->tenant, .items = {}, .stamps = {}});
    }
    auto& part = parts_.back();
    const auto stamp = decode_item(value, part.items.add(parsed->rest));
    if (!stamp) return false;
    if (*stamp > mark_) part.stamps.emplace_back(part.items.size() - 1, *stamp);
    return true;
  }

  std::vector<Part>& parts() { return parts_; }

 private:
  std::uint64_t mark_;
  std::vector<Part> parts_;
};

// All records but the items.
class OtherLoader {
 public:
  OtherLoader(State& state, LoadedRecords& loaded) : state_(state), loaded_(loaded) {}

  bool load(std::string_view key, std::string_view value) {
    const auto parsed = keys::parse_record(key);
    if (!parsed) return false;
    switch (key.front()) {
      case keys::held_reservation_kind:
        return load_reservation(parsed->tenant, value);
      case keys::key_kind:
        return load_key(value);
      case keys::tenant_kind:
        return load_tenant(value);
      case keys::warehouse_kind:
        return load_warehouse(parsed->tenant, value);
      default:
        return false;
    }
  }

 private:
  bool load_reservation(domain::TenantId tenant, std::string_view value) {
    auto record = decode_reservation(value);
    if (!record) return false;
    loaded_.reservations[{tenant, record->value.id}] = record->stamp;
    state_.put_reservation(state_.find_or_add(tenant),
                           std::make_shared<const domain::Reservation>(std::move(record->value)));
    return true;
  }

  bool load_key(std::string_view value) {
    const auto record = decode_key(value);
    if (!record) return false;
    loaded_.keys[record->value.id] = record->stamp;
    state_.directory.put(record->value);
    return true;
  }

  bool load_tenant(std::string_view value) {
    const auto record = decode_tenant(value);
    if (!record) return false;
    state_.directory.put(record->value);
    return true;
  }

  bool load_warehouse(domain::TenantId tenant_id, std::string_view value) {
    auto record = decode_warehouse(value);
    if (!record) return false;
    auto& tenant = state_.find_or_add(tenant_id);
    auto warehouses = std::make_shared<domain::Warehouses>(*tenant.warehouses);
    const auto number = static_cast<domain::WarehouseNumber>(warehouses->size());
    loaded_.warehouses[{tenant_id, number}] = record->stamp;
    warehouses->push_back(std::move(record->value));
    tenant.warehouses = std::move(warehouses);
    return true;
  }

  State& state_;
  LoadedRecords& loaded_;
};

std::string first_item_key() {
  return {keys::item_kind};
}
std::string behind_items() {
  return {keys::item_kind + 1};
}

// Into the state, in the order of their keys.
void take(State& state, LoadedRecords& loaded, std::vector<ItemLoader::Part>& parts) {
  for (auto& part : parts) {
    auto& items = loaded.items[part.tenant];
    auto& table = state.find_or_add(part.tenant).items;
    auto slots = table.take(std::move(part.items));
    if (!part.stamps.empty()) items.stamps.resize(table.size());
    for (const auto& [place, stamp] : part.stamps) items.stamps[slots[place]] = stamp;
    if (items.in_order.empty()) {
      items.in_order = std::move(slots);
    } else {
      items.in_order.insert(items.in_order.end(), slots.begin(), slots.end());
    }
  }
}

}  // namespace

Result<LoadedRecords> load_records(Database& database, State& state, std::uint64_t mark,
                                   const std::vector<std::string>& splits, const Progress& progress) {
  const auto opened = database.use();
  if (!opened) return std::unexpected(opened.error());
  std::uint64_t total = 0;
  for (const auto family : {Family::records, Family::items}) {
    std::uint64_t records = 0;
    opened->rocks().GetIntProperty(opened->family(family), rocksdb::DB::Properties::kEstimateNumKeys,
                                   &records);
    total += records;
  }
  Counter counter(total, progress);
  const auto count = [&](std::uint64_t records) { counter.add(records); };
  const auto count_and_tell = [&](std::uint64_t records) {
    counter.add(records);
    counter.tell();
  };

  std::vector<KeyRange> ranges(1);
  for (const auto& split : splits) {
    ranges.back().end = split;
    ranges.push_back({.begin = split, .end = {}});
  }
  std::vector<ItemLoader> loaders;
  loaders.reserve(ranges.size());
  for (std::size_t part = 0; part < ranges.size(); ++part) loaders.emplace_back(mark);
  const auto load_items = [&](std::size_t part, const auto& note) {
    const auto load = [&](auto key, auto value) { return loaders[part].load(key, value); };
    return scan(database, *opened, Family::items, ranges[part], load, note);
  };
  std::vector<std::future<Result<void>>> others;
  for (std::size_t part = 1; part < ranges.size(); ++part) {
    others.push_back(std::async(std::launch::async, [&, part] {
      name_thread("nexus-load");
      return load_items(part, count);
    }));
  }

  LoadedRecords loaded;
  OtherLoader other(state, loaded);
  const auto load_other = [&](auto key, auto value) { return other.load(key, value); };
  auto result = scan(database, *opened, Family::records, KeyRange(), load_other, count_and_tell);
  if (result) result = load_items(0, count_and_tell);
  for (auto& one : others) {
    auto ended = one.get();
    if (result) result = std::move(ended);
  }
  if (!result) return std::unexpected(result.error());
  for (auto& loader : loaders) take(state, loaded, loader.parts());
  return loaded;
}

Result<std::vector<std::string>> split_items(Database& database, std::size_t parts) {
  if (parts <= 1) return std::vector<std::string>();
  const auto opened = database.use();
  if (!opened) return std::unexpected(opened.error());
  const auto bytes_before = [&](const std::string& key) {
    const auto begin = first_item_key();
    const rocksdb::Range range(begin, key);
    std::uint64_t bytes = 0;
    opened->rocks().GetApproximateSizes(opened->family(Family::items), &range, 1, &bytes);
    return bytes;
  };
  const auto total = bytes_before(behind_items());
  parts = std::min<std::size_t>(parts, 1 + total / part_bytes_min);
  std::vector<std::string> splits;
  for (std::size_t part = 1; part < parts; ++part) {
    const auto wanted = total / parts * part;
    // Byte after byte: the largest that still leaves no more than is wanted before the key.
    auto key = first_item_key();
    while (key.size() < key_bytes_max && bytes_before(key) + total / 64 < wanted) {
      int low = 0;
      int high = 255;
      while (low < high) {
        const auto middle = (low + high + 1) / 2;
        if (bytes_before(key + static_cast<char>(middle)) <= wanted) {
          low = middle;
        } else {
          high = middle - 1;
        }
      }
      key.push_back(static_cast<char>(low));
    }
    if (splits.empty() || splits.back() < key) splits.push_back(std::move(key));
  }
  return splits;
}

}  // namespace nexus::store::embedded
