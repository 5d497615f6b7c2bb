#include "store/embedded/commit_group.hpp"

#include <algorithm>
#include <mutex>
#include <utility>
#include <variant>

#include "store/embedded/prefetch.hpp"
#include "store/embedded/tenant_view.hpp"

namespace nexus::store::embedded {

namespace {

// From so many moves between its sets on, making the index anew is quicker.
constexpr std::size_t moves_worth_a_rebuild = 1000;

// So many items before its turn comes, an item is fetched.
constexpr std::size_t fetched_ahead = 8;

// All but the SKU, which readers may look at without the mutex. What was there goes to `content`, to be freed
// when readers are let in again.
void exchange_content(domain::Item& item, domain::Item& content) {
  std::swap(item.title, content.title);
  std::swap(item.levels, content.levels);
  item.safety_stock = content.safety_stock;
  item.low_threshold = content.low_threshold;
  item.critical_threshold = content.critical_threshold;
  item.version = content.version;
  item.updated_at = content.updated_at;
  std::swap(item.is_deleted, content.is_deleted);
}

}  // namespace

Publication::Publication(State& state, CommitGroup& group) : state_(state), group_(group) {
  for (auto& draft : group.drafts) {
    Part& part = parts_.emplace_back(Part{.tenant = state.find(draft.tenant), .of = &draft});
    prepare_items(part);
    if (!draft.draft->touched().empty()) prepare_touched(part);
  }
}

void Publication::prepare_items(Part& part) {
  const auto warehouses = part.of->draft->warehouses();
  const auto& items = part.of->draft->items();
  const auto& marks = part.of->draft->marks();
  part.items.reserve(items.size());
  part.moves.reserve(items.size());
  for (std::size_t i = 0; i < items.size(); ++i) {
    const auto slot = TenantView::slot_marked(marks[i]);
    part.items.push_back({.content = items[i].get(),
                          .slot = slot.value_or(0),
                          .is_new = !slot,
                          .status = domain::status_of(*items[i], *warehouses)});
  }
}

void Publication::prepare_touched(Part& part) {
  const auto warehouses = part.of->draft->warehouses();
  TenantState& tenant = *part.tenant;
  const auto [number, at] = part.of->draft->touched().front();
  part.touched_at = at;
  std::size_t moves = 0;
  for (const auto* set : tenant.index.select({}, number)) {
    for (const SlotId id : *set) {
      const auto status = domain::status_of(tenant.items[id].item, *warehouses);
      moves += status == tenant.items[id].status ? 0 : 1;
      part.touched.push_back({id, status});
    }
  }
  if (moves < moves_worth_a_rebuild) return;

  part.rebuilt = std::make_unique<ItemIndex>(tenant.items);
  MergedItems all(tenant.index.select({}, std::nullopt), tenant.items, "");
  while (const auto id = all.next()) {
    const Slot& slot = tenant.items[*id];
    part.rebuilt->append(*id, domain::status_of(slot.item, *warehouses), slot.item.levels);
  }
}

void Publication::publish() {
  const std::scoped_lock alone(state_.mutex);
  for (auto& part : parts_) publish_part(part);
  publish_events();
  const auto& last = *group_.entries.back().commit;
  state_.last_sequence = last.sequence + last.events.size() - 1;
  state_.last_commit_at = last.at;
}

void Publication::publish_part(Part& part) {
  domain::Draft& draft = *part.of->draft;
  for (const auto& tenant : draft.tenants()) {
    state_.directory.put(*tenant);
    state_.open_window().add_tenant(tenant->id);
  }
  for (const auto& key : draft.keys()) {
    state_.directory.put(*key);
    state_.open_window().add_key(key->id);
  }
  if (part.items.empty() && draft.reservations().empty() && !draft.changed_warehouses()) return;

  part.tenant = &state_.find_or_add(part.of->tenant);
  if (draft.changed_warehouses()) part.tenant->warehouses = draft.changed_warehouses();
  publish_items(part);
  if (!part.touched.empty()) publish_touched(part);
  for (const auto& reservation : draft.reservations()) {
    state_.put_reservation(*part.tenant, reservation);
    state_.open_window().add_reservation(*part.tenant, reservation->id);
  }
}

// Changes of many items wait for memory side by side: each is fetched in two steps, as the second needs what
// the first brings.
void Publication::publish_items(Part& part) {
  TenantState& tenant = *part.tenant;
  const auto& items = part.items;
  const auto is_known = [&](std::size_t at) { return at < items.size() && !items[at].is_new; };
  for (std::size_t i = 0; i < items.size(); ++i) {
    if (is_known(i + 2 * fetched_ahead)) tenant.items.prefetch_item(items[i + 2 * fetched_ahead].slot);
    if (is_known(i + fetched_ahead)) prefetch_change(tenant, items[i + fetched_ahead]);
    publish_item(part, part.items[i]);
  }
  tenant.index.move(part.moves);
}

void Publication::prefetch_change(const TenantState& tenant, const ChangedItem& changed) const {
  tenant.items.prefetch_contents(changed.slot);
  state_.prefetch_changed(tenant, changed.slot);
}

void Publication::publish_item(Part& part, ChangedItem& changed) {
  TenantState& tenant = *part.tenant;
  if (changed.is_new) changed.slot = tenant.items.add(changed.content->sku);
  Slot& slot = tenant.items[changed.slot];
  domain::Item& before = *changed.content;
  const bool was_live = !changed.is_new && !slot.item.is_deleted;
  const auto old_status = std::exchange(slot.status, changed.status);
  exchange_content(slot.item, before);
  const bool is_live = !slot.item.is_deleted;
  const bool keeps_levels = was_live && is_live &&
                            std::ranges::equal(before.levels, slot.item.levels, {}, &domain::Level::warehouse,
                                               &domain::Level::warehouse);
  if (!keeps_levels) {
    if (was_live) tenant.index.erase(changed.slot, old_status, before.levels);
    if (is_live) tenant.index.insert(changed.slot, changed.status, slot.item.levels);
  } else if (old_status != changed.status) {
    part.moves.push_back(
        {.id = changed.slot, .from = old_status, .to = changed.status, .levels = &slot.item.levels});
  }
  state_.mark_changed(tenant, changed.slot);
}

void Publication::publish_touched(Part& part) {
  TenantState& tenant = *part.tenant;
  for (const auto& [id, status] : part.touched) {
    Slot& slot = tenant.items[id];
    ++slot.item.version;
    slot.item.updated_at = part.touched_at;
    if (status != slot.status && !part.rebuilt) {
      tenant.index.erase(id, slot.status, slot.item.levels);
      tenant.index.insert(id, status, slot.item.levels);
    }
    slot.status = status;
    state_.mark_changed(tenant, id);
  }
  if (part.rebuilt) std::swap(tenant.index, *part.rebuilt);
}

// Adjustments mostly come in the order in which their items were first changed.
SlotId Publication::slot_of(Part& part, std::string_view sku) {
  auto& next = part.next_adjusted;
  if (next == part.items.size() || part.items[next].content->sku != sku) return *part.tenant->items.find(sku);
  if (const auto ahead = next + fetched_ahead; ahead < part.items.size()) {
    prefetch_bytes(part.items[ahead].content, sizeof(domain::Item));
    part.tenant->items.prefetch_item(part.items[ahead].slot);
  }
  return part.items[next++].slot;
}

void Publication::publish_events() {
  Window& window = state_.open_window();
  const auto group = window.add_group(std::move(group_.bytes));
  for (const auto& [commit, places] : group_.entries) {
    TenantState* tenant = state_.find(commit->tenant);
    const auto part = std::ranges::find(parts_, commit->tenant, [](const Part& of) { return of.of->tenant; });
    for (std::size_t i = 0; i < commit->events.size(); ++i) {
      const auto& event = commit->events[i];
      const Window::Place place{
          .group = group, .commit_offset = places.offset, .event_offset = places.event_offsets[i]};
      if (const auto* adjusted = std::get_if<domain::StockAdjusted>(&event)) {
        state_.add_line(*tenant, slot_of(*part, adjusted->sku), commit->sequence + i, place);
        continue;
      }
      window.add_event({.previous = 0, .place = place});
      if (const auto* answer = std::get_if<domain::AnswerKept>(&event)) {
        window.add_answer(commit->tenant, answer->key, place);
      } else if (const auto* created = std::get_if<domain::WarehouseCreated>(&event)) {
        window.add_warehouse(*tenant, created->number);
      } else if (const auto* changed = std::get_if<domain::WarehouseChanged>(&event)) {
        window.add_warehouse(*tenant, changed->number);
      }
    }
  }
}

}  // namespace nexus::store::embedded
