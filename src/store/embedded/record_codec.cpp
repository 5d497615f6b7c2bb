#include "store/embedded/record_codec.hpp"

namespace nexus::store::embedded {

namespace {

// Leads every value, so that a later form can be told from this one.
constexpr std::uint8_t record_form = 1;

ByteReader begin(std::string_view bytes) {
  ByteReader reader(bytes);
  if (reader.byte() != record_form) reader.fail();
  return reader;
}

bool is_complete(const ByteReader& reader) {
  return reader.ok() && reader.is_at_end();
}

template <typename Put>
void append_with(std::string& out, Put put) {
  ByteWriter writer(out);
  writer.byte(record_form);
  put(writer);
}

template <typename Put>
std::string encode_with(Put put) {
  std::string out;
  append_with(out, put);
  return out;
}

// For append_with() and encode_with().
template <typename Value, typename Put>
auto stamped(const Value& value, std::uint64_t stamp, Put put) {
  return [&value, stamp, put](ByteWriter& writer) {
    writer.varint(stamp);
    put(writer, value);
  };
}

template <typename Value, typename Read>
std::optional<Stamped<Value>> decode_stamped(std::string_view bytes, Read read) {
  auto reader = begin(bytes);
  Stamped<Value> record;
  record.stamp = reader.varint();
  record.value = read(reader);
  if (!is_complete(reader)) return std::nullopt;
  return record;
}

void put_item(ByteWriter& writer, const domain::Item& item) {
  writer.text(item.title);
  writer.signed_varint(item.safety_stock);
  put_threshold(writer, item.low_threshold);
  put_threshold(writer, item.critical_threshold);
  writer.varint(item.version);
  put_time(writer, item.updated_at);
  writer.boolean(item.is_deleted);
  writer.varint(item.levels.size());
  for (const auto& level : item.levels) {
    writer.varint(level.warehouse);
    writer.signed_varint(level.on_hand);
    writer.signed_varint(level.reserved);
    put_time(writer, level.updated_at);
  }
}

void read_item(ByteReader& reader, domain::Item& item) {
  item.title = reader.text();
  item.safety_stock = reader.signed_varint();
  item.low_threshold = read_threshold(reader);
  item.critical_threshold = read_threshold(reader);
  item.version = reader.varint();
  item.updated_at = read_time(reader);
  item.is_deleted = reader.boolean();
  const auto levels = reader.bounded(domain::warehouses_max);
  if (levels > reader.left()) reader.fail();
  item.levels.reserve(reader.ok() ? levels : 0);
  for (std::size_t i = 0; i < levels && reader.ok(); ++i) {
    domain::Level level;
    level.warehouse = read_warehouse_number(reader);
    level.on_hand = reader.signed_varint();
    level.reserved = reader.signed_varint();
    level.updated_at = read_time(reader);
    item.levels.push_back(level);
  }
}

}  // namespace

void append_record(std::string& out, const domain::Item& item, std::uint64_t stamp) {
  append_with(out, stamped(item, stamp, put_item));
}

std::string encode_record(const domain::Item& item, std::uint64_t stamp) {
  return encode_with(stamped(item, stamp, put_item));
}

std::string encode_record(const domain::Tenant& tenant, std::uint64_t stamp) {
  return encode_with(stamped(tenant, stamp, put_tenant));
}

std::string encode_record(const domain::ApiKey& key, std::uint64_t stamp) {
  return encode_with(stamped(key, stamp, put_key));
}

std::string encode_record(const domain::Warehouse& warehouse, std::uint64_t stamp) {
  return encode_with(stamped(warehouse, stamp, put_warehouse));
}

std::string encode_record(const domain::Reservation& reservation, std::uint64_t stamp) {
  return encode_with(stamped(reservation, stamp, put_reservation));
}

std::optional<Stamped<domain::Item>> decode_item(std::string_view sku, std::string_view bytes) {
  Stamped<domain::Item> record;
  record.value.sku = sku;
  const auto stamp = decode_item(bytes, record.value);
  if (!stamp) return std::nullopt;
  record.stamp = *stamp;
  return record;
}

std::optional<std::uint64_t> decode_item(std::string_view bytes, domain::Item& item) {
  auto reader = begin(bytes);
  const auto stamp = reader.varint();
  read_item(reader, item);
  if (!is_complete(reader)) return std::nullopt;
  return stamp;
}

std::optional<Stamped<domain::Tenant>> decode_tenant(std::string_view bytes) {
  return decode_stamped<domain::Tenant>(bytes, read_tenant);
}

std::optional<Stamped<domain::ApiKey>> decode_key(std::string_view bytes) {
  return decode_stamped<domain::ApiKey>(bytes, read_key);
}

std::optional<Stamped<domain::Warehouse>> decode_warehouse(std::string_view bytes) {
  return decode_stamped<domain::Warehouse>(bytes, read_warehouse);
}

std::optional<Stamped<domain::Reservation>> decode_reservation(std::string_view bytes) {
  return decode_stamped<domain::Reservation>(bytes, read_reservation);
}

std::string encode_answer(const domain::AnswerKept& answer) {
  return encode_with([&](ByteWriter& writer) { put_answer(writer, answer); });
}

std::optional<domain::AnswerKept> decode_answer(std::string_view bytes) {
  auto reader = begin(bytes);
  auto answer = read_answer(reader);
  if (!is_complete(reader)) return std::nullopt;
  return answer;
}

std::optional<domain::Time> decode_answer_expiry(std::string_view bytes) {
  auto reader = begin(bytes);
  const auto expiry = read_time(reader);
  if (!reader.ok()) return std::nullopt;
  return expiry;
}

std::string encode_mark(const CheckpointMark& mark) {
  return encode_with([&](ByteWriter& writer) {
    writer.varint(mark.sequence);
    put_time(writer, mark.last_commit_at);
  });
}

std::optional<CheckpointMark> decode_mark(std::string_view bytes) {
  auto reader = begin(bytes);
  CheckpointMark mark;
  mark.sequence = reader.varint();
  mark.last_commit_at = read_time(reader);
  if (!is_complete(reader)) return std::nullopt;
  return mark;
}

}  // namespace nexus::store::embedded
