#include "store/embedded/event_codec.hpp"

#include <algorithm>
#include <array>
#include <limits>
#include <variant>

namespace nexus::store::embedded {

namespace {

using domain::Quantity;

// The tags are a part of the form: they stay when Event's alternatives change their order.
enum class Tag : std::uint8_t {
  tenant_created = 1,
  key_created = 2,
  key_revoked = 3,
  warehouse_created = 4,
  warehouse_changed = 5,
  item_created = 6,
  item_changed = 7,
  item_deleted = 8,
  stock_adjusted = 9,
  reserved_reported = 10,
  reservation_held = 11,
  reservation_shipped = 12,
  reservation_released = 13,
  answer_kept = 14,
};

// Reasons that are written as one byte. Only ever appended to.
constexpr std::array<std::string_view, 4> known_reasons = {"manual_adjustment", "marketplace_sync",
                                                           "order_shipped", "import"};

void put_tag(ByteWriter& writer, Tag tag) {
  writer.byte(static_cast<std::uint8_t>(tag));
}

void put_quantity(ByteWriter& writer, Quantity quantity) {
  writer.signed_varint(quantity);
}

// Bounded, so that no sum of what was read can leave 64 bits.
Quantity read_quantity(ByteReader& reader) {
  const auto quantity = reader.signed_varint();
  if (quantity < -domain::quantity_max || quantity > domain::quantity_max) {
    reader.fail();
    return 0;
  }
  return quantity;
}

void put_optional_text(ByteWriter& writer, const std::optional<std::string>& text) {
  writer.boolean(text.has_value());
  if (text) writer.text(*text);
}

std::optional<std::string> read_optional_text(ByteReader& reader) {
  if (!reader.boolean()) return std::nullopt;
  return std::string(reader.text());
}

void put_optional_time(ByteWriter& writer, const std::optional<domain::Time>& time) {
  writer.boolean(time.has_value());
  if (time) put_time(writer, *time);
}

std::optional<domain::Time> read_optional_time(ByteReader& reader) {
  if (!reader.boolean()) return std::nullopt;
  return read_time(reader);
}

void put_settings(ByteWriter& writer, const domain::ItemSettings& settings) {
  writer.text(settings.title);
  put_quantity(writer, settings.safety_stock);
  put_threshold(writer, settings.low_threshold);
  put_threshold(writer, settings.critical_threshold);
}

domain::ItemSettings read_settings(ByteReader& reader) {
  domain::ItemSettings settings;
  settings.title = reader.text();
  settings.safety_stock = read_quantity(reader);
  settings.low_threshold = read_threshold(reader);
  settings.critical_threshold = read_threshold(reader);
  return settings;
}

void put_lines(ByteWriter& writer, const std::vector<domain::ReservationLine>& lines) {
  writer.varint(lines.size());
  for (const auto& line : lines) {
    writer.text(line.sku);
    writer.varint(line.warehouse);
    put_quantity(writer, line.quantity);
  }
}

std::vector<domain::ReservationLine> read_lines(ByteReader& reader) {
  std::vector<domain::ReservationLine> lines;
  const auto count = reader.count();
  // A count is not worth memory before the lines are there.
  lines.reserve(std::min<std::size_t>(count, 64));
  for (std::size_t i = 0; i < count && reader.ok(); ++i) {
    domain::ReservationLine line;
    line.sku = reader.text();
    line.warehouse = read_warehouse_number(reader);
    line.quantity = read_quantity(reader);
    lines.push_back(std::move(line));
  }
  return lines;
}

class EventEncoder {
 public:
  explicit EventEncoder(ByteWriter& writer) : writer_(writer) {}

  void operator()(const domain::TenantCreated& event) const {
    put_tag(writer_, Tag::tenant_created);
    put_tenant(writer_, event.tenant);
  }
  void operator()(const domain::KeyCreated& event) const {
    put_tag(writer_, Tag::key_created);
    put_key(writer_, event.key);
  }
  void operator()(const domain::KeyRevoked& event) const {
    put_tag(writer_, Tag::key_revoked);
    writer_.id(event.id);
  }
  void operator()(const domain::WarehouseCreated& event) const {
    put_tag(writer_, Tag::warehouse_created);
    writer_.varint(event.number);
    put_warehouse(writer_, event.warehouse);
  }
  void operator()(const domain::WarehouseChanged& event) const {
    put_tag(writer_, Tag::warehouse_changed);
    writer_.varint(event.number);
    put_warehouse(writer_, event.warehouse);
  }
  void operator()(const domain::ItemCreated& event) const {
    put_tag(writer_, Tag::item_created);
    writer_.text(event.sku);
    put_settings(writer_, event.settings);
  }
  void operator()(const domain::ItemChanged& event) const {
    put_tag(writer_, Tag::item_changed);
    writer_.text(event.sku);
    put_settings(writer_, event.settings);
  }
  void operator()(const domain::ItemDeleted& event) const {
    put_tag(writer_, Tag::item_deleted);
    writer_.text(event.sku);
  }
  void operator()(const domain::StockAdjusted& event) const {
    put_tag(writer_, Tag::stock_adjusted);
    writer_.text(event.sku);
    writer_.varint(event.warehouse);
    put_quantity(writer_, event.before);
    put_quantity(writer_, event.after);
    writer_.varint(event.version);
    put_reason(writer_, event.reason);
    put_optional_text(writer_, event.note);
  }
  void operator()(const domain::ReservedReported& event) const {
    put_tag(writer_, Tag::reserved_reported);
    writer_.text(event.sku);
    writer_.varint(event.warehouse);
    put_quantity(writer_, event.reserved);
  }
  void operator()(const domain::ReservationHeld& event) const {
    put_tag(writer_, Tag::reservation_held);
    put_reservation(writer_, event.reservation);
  }
  void operator()(const domain::ReservationShipped& event) const {
    put_tag(writer_, Tag::reservation_shipped);
    writer_.id(event.id);
    put_lines(writer_, event.lines);
    writer_.boolean(event.closes);
  }
  void operator()(const domain::ReservationReleased& event) const {
    put_tag(writer_, Tag::reservation_released);
    writer_.id(event.id);
    put_lines(writer_, event.lines);
    writer_.boolean(event.expired);
  }
  void operator()(const domain::AnswerKept& event) const {
    put_tag(writer_, Tag::answer_kept);
    put_answer(writer_, event);
  }

 private:
  ByteWriter& writer_;
};

AdjustedView read_adjusted(ByteReader& reader) {
  AdjustedView view;
  view.sku = reader.text();
  view.warehouse = read_warehouse_number(reader);
  view.before = read_quantity(reader);
  view.after = read_quantity(reader);
  view.version = reader.varint();
  view.reason = read_reason(reader);
  if (reader.boolean()) view.note = reader.text();
  return view;
}

domain::StockAdjusted read_stock_adjusted(ByteReader& reader) {
  const auto view = read_adjusted(reader);
  domain::StockAdjusted event{.sku = std::string(view.sku),
                              .warehouse = view.warehouse,
                              .before = view.before,
                              .after = view.after,
                              .version = view.version,
                              .reason = std::string(view.reason),
                              .note = std::nullopt};
  if (view.note) event.note.emplace(*view.note);
  return event;
}

template <typename Event>
Event read_warehouse_event(ByteReader& reader) {
  Event event;
  event.number = read_warehouse_number(reader);
  event.warehouse = read_warehouse(reader);
  return event;
}

template <typename Event>
Event read_item_event(ByteReader& reader) {
  Event event;
  event.sku = reader.text();
  event.settings = read_settings(reader);
  return event;
}

}  // namespace

void put_time(ByteWriter& writer, domain::Time time) {
  writer.signed_varint(time.ms);
}

domain::Time read_time(ByteReader& reader) {
  return domain::Time{reader.signed_varint()};
}

void put_threshold(ByteWriter& writer, domain::Threshold threshold) {
  put_quantity(writer, threshold.value_or(-1));
}

domain::Threshold read_threshold(ByteReader& reader) {
  const auto value = read_quantity(reader);
  return value < 0 ? domain::Threshold() : domain::Threshold(value);
}

domain::WarehouseNumber read_warehouse_number(ByteReader& reader) {
  return static_cast<domain::WarehouseNumber>(reader.bounded(domain::warehouses_max - 1));
}

void put_reason(ByteWriter& writer, std::string_view reason) {
  const auto known = std::ranges::find(known_reasons, reason);
  if (known != known_reasons.end()) {
    writer.byte(static_cast<std::uint8_t>(known - known_reasons.begin() + 1));
  } else {
    writer.byte(0);
    writer.text(reason);
  }
}

std::string_view read_reason(ByteReader& reader) {
  const auto code = reader.byte();
  if (code == 0) return reader.text();
  if (code > known_reasons.size()) {
    reader.fail();
    return {};
  }
  return known_reasons[code - 1U];
}

void put_tenant(ByteWriter& writer, const domain::Tenant& tenant) {
  writer.id(tenant.id);
  writer.text(tenant.name);
  put_time(writer, tenant.created_at);
}

domain::Tenant read_tenant(ByteReader& reader) {
  domain::Tenant tenant;
  tenant.id = reader.id<domain::TenantId>();
  tenant.name = reader.text();
  tenant.created_at = read_time(reader);
  return tenant;
}

void put_key(ByteWriter& writer, const domain::ApiKey& key) {
  writer.id(key.id);
  writer.id(key.tenant);
  writer.raw({reinterpret_cast<const char*>(key.digest.data()), key.digest.size()});
  writer.text(key.name);
  writer.text(key.owner);
  writer.varint(key.scopes.size());
  for (const auto scope : key.scopes) writer.byte(static_cast<std::uint8_t>(scope));
  put_time(writer, key.created_at);
  put_optional_time(writer, key.expires_at);
  put_optional_time(writer, key.revoked_at);
  writer.boolean(key.rate_limit_per_minute.has_value());
  if (key.rate_limit_per_minute) writer.varint(*key.rate_limit_per_minute);
}

domain::ApiKey read_key(ByteReader& reader) {
  domain::ApiKey key;
  key.id = reader.id<domain::KeyId>();
  key.tenant = reader.id<domain::TenantId>();
  const auto digest = reader.raw(key.digest.size());
  std::ranges::copy(digest, reinterpret_cast<char*>(key.digest.data()));
  key.name = reader.text();
  key.owner = reader.text();
  const auto scopes = reader.count();
  for (std::size_t i = 0; i < scopes && reader.ok(); ++i) {
    key.scopes.push_back(reader.enumerator(domain::Scope::all));
  }
  key.created_at = read_time(reader);
  key.expires_at = read_optional_time(reader);
  key.revoked_at = read_optional_time(reader);
  if (reader.boolean()) {
    key.rate_limit_per_minute =
        static_cast<std::uint32_t>(reader.bounded(std::numeric_limits<std::uint32_t>::max()));
  }
  return key;
}

void put_warehouse(ByteWriter& writer, const domain::Warehouse& warehouse) {
  writer.id(warehouse.id);
  writer.text(warehouse.name);
  writer.byte(static_cast<std::uint8_t>(warehouse.type));
  put_optional_text(writer, warehouse.address);
  put_optional_text(writer, warehouse.marketplace);
  writer.boolean(warehouse.is_active);
}

domain::Warehouse read_warehouse(ByteReader& reader) {
  domain::Warehouse warehouse;
  warehouse.id = reader.id<domain::WarehouseId>();
  warehouse.name = reader.text();
  warehouse.type = reader.enumerator(domain::WarehouseType::fbs);
  warehouse.address = read_optional_text(reader);
  warehouse.marketplace = read_optional_text(reader);
  warehouse.is_active = reader.boolean();
  return warehouse;
}

void put_reservation(ByteWriter& writer, const domain::Reservation& reservation) {
  writer.id(reservation.id);
  writer.text(reservation.reference);
  writer.byte(static_cast<std::uint8_t>(reservation.status));
  put_lines(writer, reservation.lines);
  writer.text(reservation.created_by);
  put_time(writer, reservation.created_at);
  put_optional_time(writer, reservation.expires_at);
  put_optional_time(writer, reservation.closed_at);
}

domain::Reservation read_reservation(ByteReader& reader) {
  domain::Reservation reservation;
  reservation.id = reader.id<domain::ReservationId>();
  reservation.reference = reader.text();
  reservation.status = reader.enumerator(domain::ReservationStatus::expired);
  reservation.lines = read_lines(reader);
  reservation.created_by = reader.text();
  reservation.created_at = read_time(reader);
  reservation.expires_at = read_optional_time(reader);
  reservation.closed_at = read_optional_time(reader);
  return reservation;
}

void put_answer(ByteWriter& writer, const domain::AnswerKept& answer) {
  put_time(writer, answer.expires_at);
  writer.text(answer.key);
  writer.raw({reinterpret_cast<const char*>(answer.fingerprint.data()), answer.fingerprint.size()});
  writer.varint(answer.status);
  writer.text(answer.etag);
  writer.text(answer.body);
}

domain::AnswerKept read_answer(ByteReader& reader) {
  domain::AnswerKept answer;
  answer.expires_at = read_time(reader);
  answer.key = reader.text();
  const auto fingerprint = reader.raw(answer.fingerprint.size());
  std::ranges::copy(fingerprint, reinterpret_cast<char*>(answer.fingerprint.data()));
  answer.status = static_cast<std::uint16_t>(reader.bounded(std::numeric_limits<std::uint16_t>::max()));
  answer.etag = reader.text();
  answer.body = reader.text();
  return answer;
}

EncodedCommit encode(const domain::Commit& commit, std::string& out) {
  ByteWriter writer(out);
  EncodedCommit places{.offset = static_cast<std::uint32_t>(writer.size()), .event_offsets = {}};
  places.event_offsets.reserve(commit.events.size());
  writer.id(commit.tenant);
  put_time(writer, commit.at);
  writer.text(commit.actor);
  writer.varint(commit.sequence);
  writer.varint(commit.events.size());
  for (const auto& event : commit.events) {
    places.event_offsets.push_back(static_cast<std::uint32_t>(writer.size()));
    std::visit(EventEncoder(writer), event);
  }
  return places;
}

CommitHeader decode_header(ByteReader& reader) {
  CommitHeader header;
  header.tenant = reader.id<domain::TenantId>();
  header.at = read_time(reader);
  header.actor = reader.text();
  header.sequence = reader.varint();
  header.events = reader.count();
  return header;
}

domain::Event decode_event(ByteReader& reader) {
  switch (static_cast<Tag>(reader.byte())) {
    case Tag::tenant_created:
      return domain::TenantCreated{read_tenant(reader)};
    case Tag::key_created:
      return domain::KeyCreated{read_key(reader)};
    case Tag::key_revoked:
      return domain::KeyRevoked{reader.id<domain::KeyId>()};
    case Tag::warehouse_created:
      return read_warehouse_event<domain::WarehouseCreated>(reader);
    case Tag::warehouse_changed:
      return read_warehouse_event<domain::WarehouseChanged>(reader);
    case Tag::item_created:
      return read_item_event<domain::ItemCreated>(reader);
    case Tag::item_changed:
      return read_item_event<domain::ItemChanged>(reader);
    case Tag::item_deleted:
      return domain::ItemDeleted{std::string(reader.text())};
    case Tag::stock_adjusted:
      return read_stock_adjusted(reader);
    case Tag::reserved_reported: {
      domain::ReservedReported event;
      event.sku = reader.text();
      event.warehouse = read_warehouse_number(reader);
      event.reserved = read_quantity(reader);
      return event;
    }
    case Tag::reservation_held:
      return domain::ReservationHeld{read_reservation(reader)};
    case Tag::reservation_shipped: {
      domain::ReservationShipped event;
      event.id = reader.id<domain::ReservationId>();
      event.lines = read_lines(reader);
      event.closes = reader.boolean();
      return event;
    }
    case Tag::reservation_released: {
      domain::ReservationReleased event;
      event.id = reader.id<domain::ReservationId>();
      event.lines = read_lines(reader);
      event.expired = reader.boolean();
      return event;
    }
    case Tag::answer_kept:
      return read_answer(reader);
  }
  reader.fail();
  return domain::KeyRevoked{};
}

DecodedCommit decode_commit(ByteReader& reader) {
  DecodedCommit decoded;
  decoded.places.offset = static_cast<std::uint32_t>(reader.position());
  const auto header = decode_header(reader);
  decoded.commit.tenant = header.tenant;
  decoded.commit.at = header.at;
  decoded.commit.actor = header.actor;
  decoded.commit.sequence = header.sequence;
  for (std::size_t i = 0; i < header.events && reader.ok(); ++i) {
    decoded.places.event_offsets.push_back(static_cast<std::uint32_t>(reader.position()));
    decoded.commit.events.push_back(decode_event(reader));
  }
  return decoded;
}

AdjustedView decode_adjusted(ByteReader& reader) {
  if (static_cast<Tag>(reader.byte()) != Tag::stock_adjusted) reader.fail();
  return read_adjusted(reader);
}

}  // namespace nexus::store::embedded
