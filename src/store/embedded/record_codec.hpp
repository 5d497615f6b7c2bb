#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "domain/item.hpp"
#include "domain/reservation.hpp"
#include "store/embedded/event_codec.hpp"
#include "store/queries.hpp"

namespace nexus::store::embedded {

// The form of values in `records`, `reservations`, `answers` and of the checkpoint's mark. Decoding takes any
// bytes and gives nothing when they are no such value.

// A record, with the sequence of the last event that it reflects.
template <typename T>
struct Stamped {
  std::uint64_t stamp = 0;
  T value;
};

// Without the SKU. Of items there are many: this one appends, so that they can share a text.
void append_record(std::string& out, const domain::Item& item, std::uint64_t stamp);
std::string encode_record(const domain::Item& item, std::uint64_t stamp);
std::string encode_record(const domain::Tenant& tenant, std::uint64_t stamp);
std::string encode_record(const domain::ApiKey& key, std::uint64_t stamp);
std::string encode_record(const domain::Warehouse& warehouse, std::uint64_t stamp);
std::string encode_record(const domain::Reservation& reservation, std::uint64_t stamp);

std::optional<Stamped<domain::Item>> decode_item(std::string_view sku, std::string_view bytes);
// The same into an item that has nothing but its SKU; returns the stamp.
std::optional<std::uint64_t> decode_item(std::string_view bytes, domain::Item& item);
std::optional<Stamped<domain::Tenant>> decode_tenant(std::string_view bytes);
std::optional<Stamped<domain::ApiKey>> decode_key(std::string_view bytes);
std::optional<Stamped<domain::Warehouse>> decode_warehouse(std::string_view bytes);
std::optional<Stamped<domain::Reservation>> decode_reservation(std::string_view bytes);

std::string encode_answer(const domain::AnswerKept& answer);
std::optional<domain::AnswerKept> decode_answer(std::string_view bytes);
// Only when it is kept until.
std::optional<domain::Time> decode_answer_expiry(std::string_view bytes);

// Up to where the log has been moved into records and ledger.
struct CheckpointMark {
  std::uint64_t sequence = 0;  // of the last event moved
  domain::Time last_commit_at;
};
std::string encode_mark(const CheckpointMark& mark);
std::optional<CheckpointMark> decode_mark(std::string_view bytes);

}  // namespace nexus::store::embedded
