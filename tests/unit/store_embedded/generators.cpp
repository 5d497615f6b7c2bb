#include "generators.hpp"

#include <utility>

namespace nexus::test {

using namespace domain;

namespace {

std::uint64_t number() {
  return *rc::gen::arbitrary<std::uint64_t>();
}

Time time() {
  return Time{*rc::gen::inRange<std::int64_t>(-1'000'000, 4'000'000'000'000)};
}

Quantity quantity() {
  return *rc::gen::oneOf(rc::gen::inRange<Quantity>(0, 200), rc::gen::inRange<Quantity>(0, quantity_max + 1),
                         rc::gen::just(quantity_max));
}

WarehouseNumber warehouse_number() {
  return static_cast<WarehouseNumber>(*rc::gen::inRange<std::size_t>(0, warehouses_max));
}

std::string text() {
  return *rc::gen::arbitrary<std::string>();
}

template <typename Make>
auto maybe(Make make) -> std::optional<decltype(make())> {
  if (*rc::gen::arbitrary<bool>()) return make();
  return std::nullopt;
}

template <typename IdOfKind>
IdOfKind id() {
  const auto high = number();
  return IdOfKind{{.high = high, .low = number()}};
}

Threshold threshold() {
  return *rc::gen::arbitrary<bool>() ? Threshold() : Threshold(quantity());
}

ItemSettings settings() {
  return {.title = text(),
          .safety_stock = quantity(),
          .low_threshold = threshold(),
          .critical_threshold = threshold()};
}

std::array<std::uint8_t, 32> digest() {
  std::array<std::uint8_t, 32> bytes{};
  for (auto& byte : bytes) byte = *rc::gen::arbitrary<std::uint8_t>();
  return bytes;
}

std::vector<ReservationLine> lines() {
  std::vector<ReservationLine> all(*rc::gen::inRange<std::size_t>(0, 5));
  for (auto& line : all) {
    line = {.sku = text(), .warehouse = warehouse_number(), .quantity = quantity()};
  }
  return all;
}

std::string reason() {
  return *rc::gen::oneOf(rc::gen::element<std::string>("manual_adjustment", "marketplace_sync",
                                                       "order_shipped", "import", "customer_return"),
                         rc::gen::arbitrary<std::string>());
}

template <typename Made>
Made one(rc::Gen<Made> gen) {
  return *gen;
}

Event event() {
  switch (*rc::gen::inRange(0, 14)) {
    case 0:
      return TenantCreated{one(any_tenant())};
    case 1:
      return KeyCreated{one(any_key())};
    case 2:
      return KeyRevoked{id<KeyId>()};
    case 3:
      return WarehouseCreated{warehouse_number(), one(any_warehouse())};
    case 4:
      return WarehouseChanged{warehouse_number(), one(any_warehouse())};
    case 5:
      return ItemCreated{text(), settings()};
    case 6:
      return ItemChanged{text(), settings()};
    case 7:
      return ItemDeleted{text()};
    case 8:
      return StockAdjusted{.sku = text(),
                           .warehouse = warehouse_number(),
                           .before = quantity(),
                           .after = quantity(),
                           .version = number(),
                           .reason = reason(),
                           .note = maybe(text)};
    case 9:
      return ReservedReported{.sku = text(), .warehouse = warehouse_number(), .reserved = quantity()};
    case 10:
      return ReservationHeld{one(any_reservation())};
    case 11:
      return ReservationShipped{
          .id = id<ReservationId>(), .lines = lines(), .closes = *rc::gen::arbitrary<bool>()};
    case 12:
      return ReservationReleased{
          .id = id<ReservationId>(), .lines = lines(), .expired = *rc::gen::arbitrary<bool>()};
    default:
      return one(any_answer());
  }
}

}  // namespace

rc::Gen<Tenant> any_tenant() {
  return rc::gen::exec([] { return Tenant{.id = id<TenantId>(), .name = text(), .created_at = time()}; });
}

rc::Gen<ApiKey> any_key() {
  return rc::gen::exec([] {
    ApiKey key{.id = id<KeyId>(),
               .tenant = id<TenantId>(),
               .digest = digest(),
               .name = text(),
               .owner = text(),
               .scopes = {},
               .created_at = time(),
               .expires_at = maybe(time),
               .revoked_at = maybe(time),
               .rate_limit_per_minute = maybe([] { return *rc::gen::arbitrary<std::uint32_t>(); })};
    for (int scope = 0; scope < 5; ++scope) {
      if (*rc::gen::arbitrary<bool>()) key.scopes.push_back(static_cast<Scope>(scope));
    }
    return key;
  });
}

rc::Gen<Warehouse> any_warehouse() {
  return rc::gen::exec([] {
    return Warehouse{.id = id<WarehouseId>(),
                     .name = text(),
                     .type = static_cast<WarehouseType>(*rc::gen::inRange(0, 4)),
                     .address = maybe(text),
                     .marketplace = maybe(text),
                     .is_active = *rc::gen::arbitrary<bool>()};
  });
}

rc::Gen<Reservation> any_reservation() {
  return rc::gen::exec([] {
    return Reservation{.id = id<ReservationId>(),
                       .reference = text(),
                       .status = static_cast<ReservationStatus>(*rc::gen::inRange(0, 4)),
                       .lines = lines(),
                       .created_by = text(),
                       .created_at = time(),
                       .expires_at = maybe(time),
                       .closed_at = maybe(time)};
  });
}

rc::Gen<AnswerKept> any_answer() {
  return rc::gen::exec([] {
    return AnswerKept{.key = text(),
                      .fingerprint = digest(),
                      .expires_at = time(),
                      .status = *rc::gen::arbitrary<std::uint16_t>(),
                      .etag = text(),
                      .body = text()};
  });
}

rc::Gen<Item> any_item() {
  return rc::gen::exec([] {
    Item item{.sku = text(),
              .title = text(),
              .safety_stock = quantity(),
              .low_threshold = threshold(),
              .critical_threshold = threshold(),
              .version = number(),
              .updated_at = time()};
    const auto levels = *rc::gen::inRange<WarehouseNumber>(0, 5);
    for (WarehouseNumber number = 0; number < levels; ++number) {
      item.levels.push_back(
          {.warehouse = number * 7, .on_hand = quantity(), .reserved = quantity(), .updated_at = time()});
    }
    item.is_deleted = *rc::gen::arbitrary<bool>();
    return item;
  });
}

rc::Gen<Commit> any_commit() {
  return rc::gen::exec([] {
    Commit commit{
        .tenant = id<TenantId>(), .at = time(), .actor = text(), .sequence = number(), .events = {}};
    const auto events = *rc::gen::inRange(1, 6);
    for (int i = 0; i < events; ++i) commit.events.push_back(event());
    return commit;
  });
}

}  // namespace nexus::test
