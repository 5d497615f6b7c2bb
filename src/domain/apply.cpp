#include "domain/apply.hpp"

#include <algorithm>
#include <cassert>

namespace nexus::domain {

namespace {

void touch(Item& item, Time at) {
  ++item.version;
  item.updated_at = at;
}

void change_reserved(Editor& editor, const ReservationLine& line, Quantity by, Time at) {
  Item* item = editor.edit_item(line.sku);
  if (item == nullptr) return;
  Level& level = item->level(line.warehouse);
  level.reserved += by;
  level.updated_at = at;
  assert(level.reserved >= 0);
  touch(*item, at);
}

void set_settings(Item& item, const ItemSettings& settings) {
  item.title = settings.title;
  item.safety_stock = settings.safety_stock;
  item.low_threshold = settings.low_threshold;
  item.critical_threshold = settings.critical_threshold;
}

// Takes what left off the lines that are still held; an event's lines are always among them.
void take_lines(std::vector<ReservationLine>& held, const std::vector<ReservationLine>& gone) {
  for (const auto& line : gone) {
    Quantity rest = line.quantity;
    for (auto& own : held) {
      if (own.sku != line.sku || own.warehouse != line.warehouse) continue;
      const Quantity taken = std::min(rest, own.quantity);
      own.quantity -= taken;
      rest -= taken;
    }
    assert(rest == 0);
  }
  std::erase_if(held, [](const ReservationLine& line) { return line.quantity == 0; });
}

class Folder {
 public:
  Folder(Time at, Editor& editor) : at_(at), editor_(editor) {}

  void operator()(const TenantCreated& event) { editor_.put_tenant(event.tenant); }

  void operator()(const KeyCreated& event) { editor_.put_key(event.key); }

  void operator()(const KeyRevoked& event) {
    if (ApiKey* key = editor_.edit_key(event.id)) key->revoked_at = at_;
  }

  void operator()(const WarehouseCreated& event) { editor_.put_warehouse(event.number, event.warehouse); }

  void operator()(const WarehouseChanged& event) {
    editor_.put_warehouse(event.number, event.warehouse);
    editor_.touch_items_of(event.number, at_);
  }

  void operator()(const ItemCreated& event) {
    Item* item = editor_.edit_item(event.sku);
    if (item == nullptr) return;
    set_settings(*item, event.settings);
    item->is_deleted = false;
    touch(*item, at_);
  }

  void operator()(const ItemChanged& event) {
    Item* item = editor_.edit_item(event.sku);
    if (item == nullptr) return;
    set_settings(*item, event.settings);
    touch(*item, at_);
  }

  void operator()(const ItemDeleted& event) {
    Item* item = editor_.edit_item(event.sku);
    if (item == nullptr) return;
    set_settings(*item, ItemSettings{});
    item->levels.clear();
    item->is_deleted = true;
    touch(*item, at_);
  }

  void operator()(const StockAdjusted& event) {
    Item* item = editor_.edit_item(event.sku);
    if (item == nullptr) return;
    Level& level = item->level(event.warehouse);
    assert(level.on_hand == event.before);
    level.on_hand = event.after;
    level.updated_at = at_;
    touch(*item, at_);
    assert(item->version == event.version);
  }

  void operator()(const ReservedReported& event) {
    Item* item = editor_.edit_item(event.sku);
    if (item == nullptr) return;
    Level& level = item->level(event.warehouse);
    level.reserved = event.reserved;
    level.updated_at = at_;
    touch(*item, at_);
  }

  void operator()(const ReservationHeld& event) {
    editor_.put_reservation(std::make_shared<Reservation>(event.reservation));
    for (const auto& line : event.reservation.lines) change_reserved(editor_, line, line.quantity, at_);
  }

  void operator()(const ReservationShipped& event) {
    for (const auto& line : event.lines) change_reserved(editor_, line, -line.quantity, at_);
    const auto held = editor_.reservation_to_edit(event.id);
    if (held == nullptr) return;
    auto next = std::make_shared<Reservation>(*held);
    if (event.closes) {
      close(*next, ReservationStatus::shipped);
    } else {
      take_lines(next->lines, event.lines);
    }
    editor_.put_reservation(std::move(next));
  }

  void operator()(const ReservationReleased& event) {
    for (const auto& line : event.lines) change_reserved(editor_, line, -line.quantity, at_);
    const auto held = editor_.reservation_to_edit(event.id);
    if (held == nullptr) return;
    auto next = std::make_shared<Reservation>(*held);
    close(*next, event.expired ? ReservationStatus::expired : ReservationStatus::released);
    editor_.put_reservation(std::move(next));
  }

  void operator()(const AnswerKept& event) { editor_.keep_answer(event); }

 private:
  void close(Reservation& reservation, ReservationStatus status) const {
    reservation.status = status;
    reservation.closed_at = at_;
  }

  Time at_;
  Editor& editor_;
};

}  // namespace

void apply(const Event& event, Time at, Editor& editor) {
  std::visit(Folder(at, editor), event);
}

}  // namespace nexus::domain
