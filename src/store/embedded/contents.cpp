#include "store/embedded/contents.hpp"

#include <optional>
#include <string_view>
#include <utility>

#include "store/embedded/database.hpp"
#include "store/embedded/embedded_store.hpp"
#include "store/embedded/keys.hpp"
#include "store/embedded/ledger_chunk.hpp"
#include "store/embedded/record_codec.hpp"

namespace nexus::store {

namespace embedded {

namespace {

using domain::Result;

constexpr std::size_t records_in_piece_max = 500;
constexpr std::size_t lines_in_piece_max = 5000;
constexpr std::size_t bytes_in_piece_max = 4U << 20U;

using Part = EmbeddedContents::Part;
using Record = EmbeddedContents::Record;

struct Place {
  Family family;
  std::string prefix;
};

Place place_of(Part part) {
  switch (part) {
    case Part::tenants:
      return {Family::records, std::string(1, keys::tenant_kind)};
    case Part::keys:
      return {Family::records, std::string(1, keys::key_kind)};
    case Part::warehouses:
      return {Family::records, std::string(1, keys::warehouse_kind)};
    case Part::items:
      return {Family::items, std::string(1, keys::item_kind)};
    case Part::held:
      return {Family::records, std::string(1, keys::held_reservation_kind)};
    case Part::closed:
      return {Family::reservations, "R"};
    case Part::answers:
      return {Family::answers, ""};
  }
  return {Family::records, ""};
}

domain::Error unreadable(std::string_view what) {
  return {.code = domain::ErrorCode::unavailable,
          .message = "the store is damaged: " + std::string(what) + " cannot be read; see `verify`"};
}

class Contents final : public EmbeddedContents {
 public:
  Contents(std::unique_ptr<Database> database, CheckpointMark mark)
      : database_(std::move(database)), mark_(mark) {}

  std::uint64_t last_sequence() const override { return mark_.sequence; }
  domain::Time last_commit_at() const override { return mark_.last_commit_at; }

  Result<Piece> read(Part part, const std::string& after) override {
    const auto opened = database_->use();
    if (!opened) return std::unexpected(opened.error());
    const auto [family, prefix] = place_of(part);
    const auto at = opened->scan(family);
    at->Seek(rocksdb::Slice(after.empty() ? prefix : after + '\0'));
    Piece piece;
    std::size_t lines = 0;
    std::size_t bytes = 0;
    for (; at->Valid() && at->key().starts_with(rocksdb::Slice(prefix)); at->Next()) {
      const auto key = at->key().ToStringView();
      const auto tenant = tenant_of(part, key);
      const bool is_full = piece.records.size() >= records_in_piece_max || lines >= lines_in_piece_max ||
                           bytes >= bytes_in_piece_max;
      if (is_full || (!piece.records.empty() && piece.records.front().tenant != tenant)) return piece;
      auto record = decode(*opened, part, tenant, key, at->value().ToStringView());
      if (!record) return std::unexpected(record.error());
      if (const auto* item = std::get_if<ItemWithHistory>(&record->value)) lines += item->lines.size();
      bytes += at->value().size();
      piece.records.push_back(std::move(*record));
      piece.end = key;
    }
    if (!at->status().ok()) return std::unexpected(to_error("cannot read the records", at->status()));
    piece.is_last = true;
    return piece;
  }

 private:
  static domain::TenantId tenant_of(Part part, std::string_view key) {
    if (part == Part::tenants || part == Part::keys || key.size() < 1 + keys::id_size) return {};
    return keys::detail::get_id<domain::TenantId>(key.substr(part == Part::answers ? 0 : 1, keys::id_size));
  }

  template <typename Decoded>
  static Result<Record> record_of(domain::TenantId tenant, Decoded decoded, std::string_view what) {
    if (!decoded) return std::unexpected(unreadable(what));
    return Record{.tenant = tenant, .value = std::move(decoded->value)};
  }

  static Result<Record> decode(const Database::Use& opened, Part part, domain::TenantId tenant,
                               std::string_view key, std::string_view value) {
    switch (part) {
      case Part::tenants:
        return record_of(tenant, decode_tenant(value), "a tenant");
      case Part::keys:
        return record_of(tenant, decode_key(value), "a key");
      case Part::held:
      case Part::closed:
        return record_of(tenant, decode_reservation(value), "a reservation");
      case Part::warehouses: {
        auto decoded = decode_warehouse(value);
        if (!decoded) return std::unexpected(unreadable("a warehouse"));
        const auto number = keys::detail::get_number(key.substr(1 + keys::id_size));
        return Record{.tenant = tenant,
                      .value = NumberedWarehouse{.number = static_cast<domain::WarehouseNumber>(number),
                                                 .warehouse = std::move(decoded->value)}};
      }
      case Part::items:
        return read_item(opened, tenant, key.substr(1 + keys::id_size), value);
      case Part::answers: {
        auto decoded = decode_answer(value);
        if (!decoded) return std::unexpected(unreadable("a kept answer"));
        return Record{.tenant = tenant, .value = std::move(*decoded)};
      }
    }
    return std::unexpected(unreadable("a record"));
  }

  static Result<Record> read_item(const Database::Use& opened, domain::TenantId tenant, std::string_view sku,
                                  std::string_view value) {
    auto decoded = decode_item(sku, value);
    if (!decoded) return std::unexpected(unreadable("an item"));
    ItemWithHistory item{.item = std::move(decoded->value), .lines = {}};
    const auto prefix = keys::ledger_prefix(tenant, sku);
    const auto end = keys::after_sku(prefix);
    const rocksdb::Slice upper(end);
    const auto at = opened.scan(Family::ledger, &upper);
    for (at->Seek(rocksdb::Slice(prefix)); at->Valid(); at->Next()) {
      const auto key = keys::parse_ledger(at->key().ToStringView());
      LedgerChunkReader chunk(key ? key->oldest : 0, at->value().ToStringView());
      while (const auto line = chunk.next()) item.lines.push_back(commit_of(tenant, sku, *line));
      if (!key || !chunk.is_whole()) return std::unexpected(unreadable("a part of the ledger"));
    }
    if (!at->status().ok()) return std::unexpected(to_error("cannot read the ledger", at->status()));
    return Record{.tenant = tenant, .value = std::move(item)};
  }

  static domain::Commit commit_of(domain::TenantId tenant, std::string_view sku, const Adjustment& line) {
    domain::Commit commit{.tenant = tenant,
                          .at = line.at,
                          .actor = std::string(line.created_by),
                          .sequence = line.sequence,
                          .events = {}};
    commit.events.emplace_back(
        domain::StockAdjusted{.sku = std::string(sku),
                              .warehouse = line.warehouse,
                              .before = line.before,
                              .after = line.after,
                              .version = line.version,
                              .reason = std::string(line.reason),
                              .note = line.note ? std::optional<std::string>(*line.note) : std::nullopt});
    return commit;
  }

  std::unique_ptr<Database> database_;
  CheckpointMark mark_;
};

}  // namespace

}  // namespace embedded

domain::Result<std::unique_ptr<EmbeddedContents>> EmbeddedContents::open(
    const std::filesystem::path& directory, const Clock& clock) {
  using namespace embedded;
  {
    // Closing it moves all of the log into the records.
    auto store = open_embedded_store({.directory = directory, .create_if_missing = false}, clock);
    if (!store) return std::unexpected(std::move(store.error()));
    if (auto moved = (*store)->checkpoint(); !moved) return std::unexpected(std::move(moved.error()));
  }
  auto database = Database::open({.directory = directory, .create_if_missing = false}, clock);
  if (!database) return std::unexpected(std::move(database.error()));
  const auto stored = (*database)->get(Family::meta, keys::checkpoint);
  if (!stored) return std::unexpected(stored.error());
  const auto mark = *stored ? decode_mark(**stored) : std::optional(CheckpointMark{});
  if (!mark) return std::unexpected(unreadable("the checkpoint's mark"));
  return std::make_unique<Contents>(std::move(*database), *mark);
}

}  // namespace nexus::store
