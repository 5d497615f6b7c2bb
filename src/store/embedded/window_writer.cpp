#include "store/embedded/window_writer.hpp"

#include <algorithm>
#include <mutex>
#include <shared_mutex>
#include <span>
#include <thread>

#include "store/crash_points.hpp"
#include "store/embedded/archive.hpp"
#include "store/embedded/fault_settings.hpp"
#include "store/embedded/keys.hpp"
#include "store/embedded/ledger_chunk.hpp"
#include "store/embedded/prefetch.hpp"
#include "store/embedded/record_codec.hpp"

namespace nexus::store::embedded {

namespace {

// How many things are read with the mutex held once: some microseconds' worth.
constexpr std::size_t batch_size = 128;
// So many lines before its turn comes, a line is fetched into the processor's cache.
constexpr std::size_t fetched_ahead = 16;
// About what an adjustment takes in the log.
constexpr std::size_t event_bytes = 64;
// Beyond so many runs in a family a checkpoint waits for compaction to catch up.
constexpr std::uint64_t runs_max = 40;

// Calls `each(batch)` for all elements, holding the mutex shared for a batch at a time; `between()` runs
// without it.
template <typename Element, typename Each, typename Between>
void in_batches(StateMutex& mutex, const std::vector<Element>& elements, Each&& each, Between&& between) {
  for (std::size_t begin = 0; begin < elements.size(); begin += batch_size) {
    {
      const std::shared_lock lock(mutex);
      each(std::span(elements).subspan(begin, std::min(batch_size, elements.size() - begin)));
    }
    between();
  }
}

std::uint64_t count_runs(Database& database, Family family) {
  std::uint64_t runs = 0;
  if (const auto opened = database.use()) {
    opened->rocks().GetIntProperty(opened->family(family), "rocksdb.num-files-at-level0", &runs);
  }
  return runs;
}

void wait_for_compaction(Database& database, Family family) {
  // Compaction that an error has stopped is not worth waiting for.
  while (database.stopped_by().ok() && count_runs(database, family) > runs_max) {
    std::this_thread::sleep_for(std::chrono::milliseconds(10));
  }
}

}  // namespace

WindowWriter::WindowWriter(Database& database, const State& state, const Window& window, WindowBounds least,
                           const Clock& clock)
    : database_(database), state_(state), window_(window), least_(least), clock_(clock) {}

domain::Result<void> WindowWriter::write() {
  wait_for_compaction(database_, Family::ledger);
  wait_for_compaction(database_, Family::records);
  wait_for_compaction(database_, Family::items);
  const bool replaces_items = writes_all_items();
  std::vector<SortedRun> runs;
  for (const auto family :
       {Family::ledger, Family::records, replaces_items ? Family::next_items : Family::items,
        Family::reservations, Family::answers, Family::meta}) {
    runs.push_back(database_.start_run(family));
  }
  add_items(window_.items(), true);
  write_ledger(runs[0]);
  crash_point("checkpoint.ledger_written");
  gather_reservations();
  write_records(runs[1]);
  if (replaces_items) add_items(other_items(), false);
  write_items(runs[2]);
  crash_point("checkpoint.records_written");
  write_reservations(runs[3]);
  write_answers(runs[4]);
  write_mark(runs[5]);
  if (auto status = database_.ingest(std::move(runs)); !status.ok()) {
    return std::unexpected(to_error("a checkpoint failed", status));
  }
  crash_point("checkpoint.ingested");
  // What keeps it from going is met again by the next one that would write all.
  if (replaces_items) database_.clear_next_items().PermitUncheckedError();
  return {};
}

bool WindowWriter::writes_all_items() {
  std::uint64_t items = 0;
  {
    const std::shared_lock lock(state_.mutex);
    items = state_.count_items();
  }
  if (!is_worth_all_items(least_, window_.items().size(), items)) return false;
  return database_.is_next_items_clear() || database_.clear_next_items().ok();
}

// Into the order of those that are there. What the window met has its index there.
void WindowWriter::add_items(const std::vector<Window::ItemRef>& refs, bool are_of_window) {
  const auto before = static_cast<std::ptrdiff_t>(items_.size());
  items_.reserve(items_.size() + refs.size());
  std::uint32_t index = 0;
  in_batches(
      state_.mutex, refs,
      [&](std::span<const Window::ItemRef> batch) {
        for (const auto& ref : batch) ref.tenant->items.prefetch_item(ref.slot);
        for (const auto& ref : batch) {
          const std::string_view sku = ref.tenant->items[ref.slot].item.sku;
          items_.push_back({.tenant = ref.tenant,
                            .sku = sku,
                            .start = in_order_of_bytes(start_of(sku)),
                            .slot = ref.slot,
                            .index = are_of_window ? index++ : not_met,
                            .lines = ref.lines});
        }
      },
      [] {});
  const auto comes_before = [](const Item& a, const Item& b) { return a.comes_before(b); };
  std::sort(items_.begin() + before, items_.end(), comes_before);
  std::inplace_merge(items_.begin(), items_.begin() + before, items_.end(), comes_before);
}

// Those that the window did not meet. What comes to the store from now on is of a later window.
std::vector<Window::ItemRef> WindowWriter::other_items() const {
  std::map<TenantState*, std::vector<bool>> met;  // by slot
  {
    const std::shared_lock lock(state_.mutex);
    for (const auto& [id, tenant] : state_.tenants) met[tenant.get()].resize(tenant->items.size());
  }
  for (const auto& item : items_) met.at(item.tenant)[item.slot] = true;
  std::vector<Window::ItemRef> others;
  for (const auto& [tenant, is_met] : met) {
    for (SlotId slot = 0; slot < is_met.size(); ++slot) {
      if (!is_met[slot]) others.push_back({.tenant = tenant, .slot = slot});
    }
  }
  return others;
}

// Looks at the SKUs themselves, which may be anywhere in memory, only where their starts are the same.
bool WindowWriter::Item::comes_before(const Item& other) const {
  if (tenant != other.tenant) return tenant->id < other.tenant->id;
  if (start[0] != other.start[0]) return start[0] < other.start[0];
  if (start[1] != other.start[1]) return start[1] < other.start[1];
  return sku < other.sku;
}

// Offsets of the lines, by item, newest first for each. A counting sort: the items are in order, and each
// knows how many lines it has.
std::vector<std::uint32_t> WindowWriter::sort_lines() const {
  std::vector<std::uint32_t> next(items_.size());  // by the item's index: where its next line goes
  std::uint32_t total = 0;
  for (std::size_t i = 0; i < items_.size(); ++i) {
    if (i + fetched_ahead < items_.size()) prefetch_bytes(&next[items_[i + fetched_ahead].index], 1);
    next[items_[i].index] = total;
    total += items_[i].lines;
  }
  std::vector<std::uint32_t> sorted(total);
  const auto& lines = window_.lines();
  for (std::size_t offset = lines.size(); offset-- > 0;) {
    if (offset >= fetched_ahead) {
      const auto item = lines[offset - fetched_ahead].item;
      if (item != Window::not_an_adjustment) prefetch_bytes(&next[item], 1);
    }
    if (lines[offset].item == Window::not_an_adjustment) continue;
    sorted[next[lines[offset].item]++] = static_cast<std::uint32_t>(offset);
  }
  return sorted;
}

void WindowWriter::write_ledger(SortedRun& run) const {
  const auto sorted = sort_lines();
  const auto& lines = window_.lines();
  // Where lines stand is as random as the order in which they came: they are fetched ahead, in two steps.
  const auto prefetch = [&](std::size_t at) {
    if (at + 2 * fetched_ahead < sorted.size()) {
      prefetch_bytes(&lines[sorted[at + 2 * fetched_ahead]], sizeof(Window::Line));
    }
    if (at + fetched_ahead >= sorted.size()) return;
    const auto& place = lines[sorted[at + fetched_ahead]].place;
    const auto group = window_.group(place.group);
    prefetch_bytes(&group[place.commit_offset], 1);
    prefetch_bytes(&group[place.event_offset], event_bytes);
  };
  LedgerChunkWriter chunk;
  std::string key;
  const auto put_chunk = [&](const Item& item) {
    if (chunk.is_empty()) return;
    key.clear();
    keys::append_ledger(key, item.tenant->id, item.sku, chunk.oldest());
    run.put(key, chunk.finish());
  };
  std::size_t at = 0;
  for (std::size_t i = 0; i < items_.size(); ++i) {
    const auto& item = items_[i];
    if (i + fetched_ahead < items_.size()) {
      const auto sku = items_[i + fetched_ahead].sku;
      prefetch_bytes(sku.data(), sku.size());
    }
    for (const auto end = at + item.lines; at < end; ++at) {
      prefetch(at);
      const auto& place = lines[sorted[at]].place;
      const auto line = read_line(window_.group(place.group), place);
      chunk.add(window_.first_sequence() + sorted[at], line.commit, line.adjusted);
      if (chunk.is_full()) put_chunk(item);
    }
    put_chunk(item);
  }
}

// What was touched may have closed since: then it goes to the archive now, and its record goes.
void WindowWriter::gather_reservations() {
  in_batches(
      state_.mutex, window_.reservations(),
      [&](std::span<const Window::ReservationRef> batch) {
        for (const auto& ref : batch) gather_reservation(ref);
      },
      [] {});
  std::ranges::sort(closed_);
  const auto repeated =
      std::ranges::unique(closed_, {}, [](const auto& entry) -> const std::string& { return entry.first; });
  closed_.erase(repeated.begin(), repeated.end());
}

void WindowWriter::gather_reservation(const Window::ReservationRef& ref) {
  const auto reservation = ref.tenant->reservations.find(ref.id);
  // One that an earlier checkpoint archived already.
  if (reservation == nullptr) return;
  auto& record = held_[keys::held_reservation_record(ref.tenant->id, ref.id)];
  if (reservation->status == domain::ReservationStatus::held) {
    record = encode_record(*reservation, state_.last_sequence);
    return;
  }
  record.reset();
  archived_.emplace_back(ref.tenant, ref.id);
  Archive::add_entries(ref.tenant->id, *reservation, closed_);
}

void WindowWriter::write_records(SortedRun& run) const {
  // In the order of the letters that the kinds have.
  for (const auto& [key, value] : held_) {
    if (value) {
      run.put(key, *value);
    } else {
      run.erase(key);
    }
  }
  write_directory(run);
  write_warehouses(run);
}

void WindowWriter::write_items(SortedRun& run) const {
  std::string batch_bytes;                                // keys and values, one behind the other
  std::vector<std::pair<std::size_t, std::size_t>> ends;  // of each key and its value
  in_batches(
      state_.mutex, items_,
      [&](std::span<const Item> batch) {
        for (const auto& item : batch) item.tenant->items.prefetch_item(item.slot);
        for (const auto& item : batch) item.tenant->items.prefetch_contents(item.slot);
        for (const auto& item : batch) {
          keys::append_item_record(batch_bytes, item.tenant->id, item.sku);
          const auto key_end = batch_bytes.size();
          append_record(batch_bytes, item.tenant->items[item.slot].item,
                        is_broken(Promise::stamps) ? 0 : state_.last_sequence);
          ends.emplace_back(key_end, batch_bytes.size());
        }
      },
      [&] {
        const std::string_view bytes = batch_bytes;
        std::size_t begin = 0;
        for (const auto& [key_end, end] : ends) {
          run.put(bytes.substr(begin, key_end - begin), bytes.substr(key_end, end - key_end));
          begin = end;
        }
        batch_bytes.clear();
        ends.clear();
      });
}

void WindowWriter::write_directory(SortedRun& run) const {
  std::map<std::string, std::string> records;
  {
    const std::shared_lock lock(state_.mutex);
    for (const auto id : window_.keys()) {
      records[keys::key_record(id)] = encode_record(*state_.directory.find_key(id), state_.last_sequence);
    }
    for (const auto id : window_.tenants()) {
      records[keys::tenant_record(id)] =
          encode_record(*state_.directory.find_tenant(id), state_.last_sequence);
    }
  }
  for (const auto& [key, value] : records) run.put(key, value);
}

void WindowWriter::write_warehouses(SortedRun& run) const {
  std::map<std::string, std::string> records;
  {
    const std::shared_lock lock(state_.mutex);
    for (const auto& [tenant, number] : window_.warehouses()) {
      records[keys::warehouse_record(tenant->id, number)] =
          encode_record(tenant->warehouses->at(number), state_.last_sequence);
    }
  }
  for (const auto& [key, value] : records) run.put(key, value);
}

void WindowWriter::write_reservations(SortedRun& run) const {
  for (const auto& [key, value] : closed_) run.put(key, value);
}

void WindowWriter::write_answers(SortedRun& run) const {
  std::vector<std::pair<std::string_view, Window::Place>> answers;
  answers.reserve(window_.answers().size());
  window_.answers().for_each(
      [&](const std::string& key, Window::Place place) { answers.emplace_back(key, place); });
  std::ranges::sort(answers, {}, [](const auto& answer) { return answer.first; });
  const auto now = clock_.now();
  for (const auto& [key, place] : answers) {
    const auto answer = window_.answer_at(place);
    if (answer.expires_at > now) run.put(key, encode_answer(answer));
  }
}

void WindowWriter::write_mark(SortedRun& run) const {
  if (is_broken(Promise::stamps)) return;
  CheckpointMark mark{.sequence = window_.end_sequence() - 1};
  {
    const std::shared_lock lock(state_.mutex);
    mark.last_commit_at = state_.last_commit_at;
  }
  run.put(keys::checkpoint, encode_mark(mark));
}

}  // namespace nexus::store::embedded
