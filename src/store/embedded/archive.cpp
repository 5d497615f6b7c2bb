#include "store/embedded/archive.hpp"

#include <algorithm>
#include <memory>
#include <utility>

#include "store/embedded/keys.hpp"
#include "store/embedded/record_codec.hpp"

namespace nexus::store::embedded {

namespace {

domain::Error damaged(std::string_view family) {
  return {.code = domain::ErrorCode::unavailable,
          .message = "a value of the column family " + std::string(family) + " is damaged"};
}

// Walks one index under one status, from a reservation on.
struct IndexCursor {
  std::string prefix;
  std::unique_ptr<rocksdb::Iterator> at;

  bool is_valid() const { return at->Valid() && at->key().starts_with(rocksdb::Slice(prefix)); }
  domain::ReservationId id() const {
    return keys::reservation_of(at->key().ToStringView()).value_or(domain::ReservationId{});
  }
};

}  // namespace

domain::Result<domain::ReservationPtr> Archive::find_reservation(domain::TenantId tenant,
                                                                 domain::ReservationId id) const {
  const auto opened = database_.use();
  if (!opened) return std::unexpected(opened.error());
  return find_reservation(*opened, tenant, id);
}

domain::Result<domain::ReservationPtr> Archive::find_reservation(const Database::Use& opened,
                                                                 domain::TenantId tenant,
                                                                 domain::ReservationId id) {
  const auto value = opened.get(Family::reservations, keys::closed_reservation(tenant, id));
  if (!value) return std::unexpected(value.error());
  if (!*value) return nullptr;
  auto decoded = decode_reservation(**value);
  if (!decoded) return std::unexpected(damaged("reservations"));
  return std::make_shared<const domain::Reservation>(std::move(decoded->value));
}

domain::Result<std::vector<domain::ReservationPtr>> Archive::list_reservations(domain::TenantId tenant,
                                                                               const ReservationQuery& query,
                                                                               std::size_t limit) const {
  auto index = keys::ReservationIndex::any;
  std::string_view name;
  if (query.reference) {
    index = keys::ReservationIndex::reference;
    name = *query.reference;
  } else if (query.sku) {
    index = keys::ReservationIndex::sku;
    name = *query.sku;
  }
  std::vector<domain::ReservationPtr> found;
  // It ends the names in the keys, so no name has one.
  if (name.find('\0') != std::string_view::npos) return found;

  const auto opened = database_.use();
  if (!opened) return std::unexpected(opened.error());
  std::vector<IndexCursor> cursors;
  for (const auto status : {domain::ReservationStatus::shipped, domain::ReservationStatus::released,
                            domain::ReservationStatus::expired}) {
    if (!query.statuses.contains(status)) continue;
    auto prefix = keys::reservation_index(index, tenant, name, status);
    auto at = std::unique_ptr<rocksdb::Iterator>(
        opened->rocks().NewIterator(rocksdb::ReadOptions(), opened->family(Family::reservations)));
    at->Seek(rocksdb::Slice(query.before ? keys::with_id(prefix, *query.before) : prefix));
    IndexCursor cursor{.prefix = std::move(prefix), .at = std::move(at)};
    if (query.before && cursor.is_valid() && cursor.id() == *query.before) cursor.at->Next();
    cursors.push_back(std::move(cursor));
  }
  while (found.size() < limit) {
    for (const auto& cursor : cursors) {
      if (!cursor.at->status().ok()) {
        return std::unexpected(to_error("cannot read the reservations", cursor.at->status()));
      }
    }
    std::erase_if(cursors, [](const IndexCursor& cursor) { return !cursor.is_valid(); });
    if (cursors.empty()) break;
    auto& newest = *std::ranges::max_element(cursors, {}, &IndexCursor::id);
    auto reservation = find_reservation(*opened, tenant, newest.id());
    if (!reservation) return std::unexpected(reservation.error());
    newest.at->Next();
    if (*reservation && matches(**reservation, query)) found.push_back(std::move(*reservation));
  }
  return found;
}

domain::Result<domain::AnswerPtr> Archive::find_answer(domain::TenantId tenant, std::string_view key) const {
  const auto value = database_.get(Family::answers, keys::answer(tenant, key));
  if (!value) return std::unexpected(value.error());
  if (!*value) return nullptr;
  auto answer = decode_answer(**value);
  if (!answer) return std::unexpected(damaged("answers"));
  if (answer->expires_at <= clock_.now()) return nullptr;
  return std::make_shared<const domain::AnswerKept>(std::move(*answer));
}

void Archive::add_entries(domain::TenantId tenant, const domain::Reservation& reservation,
                          std::vector<std::pair<std::string, std::string>>& entries) {
  entries.emplace_back(keys::closed_reservation(tenant, reservation.id), encode_record(reservation, 0));
  const auto add = [&](keys::ReservationIndex index, std::string_view name) {
    entries.emplace_back(
        keys::with_id(keys::reservation_index(index, tenant, name, reservation.status), reservation.id),
        std::string());
  };
  add(keys::ReservationIndex::any, "");
  add(keys::ReservationIndex::reference, reservation.reference);
  for (const auto& line : reservation.lines) add(keys::ReservationIndex::sku, line.sku);
}

}  // namespace nexus::store::embedded
