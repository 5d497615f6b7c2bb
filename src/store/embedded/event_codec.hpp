#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "domain/events.hpp"
#include "domain/reservation.hpp"
#include "store/embedded/bytes.hpp"

namespace nexus::store::embedded {

// The form of events in the commit log. It is kept for ever: a change of it gets a new tag, an old tag is
// never given another meaning. Decoding takes any bytes and says so when they are no events.

// Encodes the commit behind what `out` holds. `offsets`, one for each event, are places in `out`.
struct EncodedCommit {
  std::uint32_t offset = 0;
  std::vector<std::uint32_t> event_offsets;
};
EncodedCommit encode(const domain::Commit& commit, std::string& out);

// Reads one commit and where its events stand in the reader's bytes; fails the reader when there is none.
struct DecodedCommit {
  domain::Commit commit;
  EncodedCommit places;
};
DecodedCommit decode_commit(ByteReader& reader);

// What goes before the events of a commit.
struct CommitHeader {
  domain::TenantId tenant;
  domain::Time at;
  std::string_view actor;
  std::uint64_t sequence = 0;
  std::size_t events = 0;
};
CommitHeader decode_header(ByteReader& reader);

domain::Event decode_event(ByteReader& reader);

// A StockAdjusted without its own copies of the texts.
struct AdjustedView {
  std::string_view sku;
  domain::WarehouseNumber warehouse = 0;
  domain::Quantity before = 0;
  domain::Quantity after = 0;
  std::uint64_t version = 0;
  std::string_view reason;
  std::optional<std::string_view> note;
};
// Reads a whole event that must be a StockAdjusted.
AdjustedView decode_adjusted(ByteReader& reader);

// The parts that the records share with the events.
void put_reason(ByteWriter& writer, std::string_view reason);
std::string_view read_reason(ByteReader& reader);
void put_tenant(ByteWriter& writer, const domain::Tenant& tenant);
domain::Tenant read_tenant(ByteReader& reader);
void put_key(ByteWriter& writer, const domain::ApiKey& key);
domain::ApiKey read_key(ByteReader& reader);
void put_warehouse(ByteWriter& writer, const domain::Warehouse& warehouse);
domain::Warehouse read_warehouse(ByteReader& reader);
void put_reservation(ByteWriter& writer, const domain::Reservation& reservation);
domain::Reservation read_reservation(ByteReader& reader);
void put_answer(ByteWriter& writer, const domain::AnswerKept& answer);
domain::AnswerKept read_answer(ByteReader& reader);
void put_time(ByteWriter& writer, domain::Time time);
domain::Time read_time(ByteReader& reader);
domain::WarehouseNumber read_warehouse_number(ByteReader& reader);
void put_threshold(ByteWriter& writer, domain::Threshold threshold);
domain::Threshold read_threshold(ByteReader& reader);

}  // namespace nexus::store::embedded
