// Any bytes of a record, a chunk of the ledger or a key of the store are one or none; an item that was read
// is written as the same item again.

#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>

#include "store/embedded/keys.hpp"
#include "store/embedded/ledger_chunk.hpp"
#include "store/embedded/record_codec.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace nexus::store::embedded;
  const std::string_view bytes(reinterpret_cast<const char*>(data), size);
  static_cast<void>(decode_tenant(bytes));
  static_cast<void>(decode_key(bytes));
  static_cast<void>(decode_warehouse(bytes));
  static_cast<void>(decode_reservation(bytes));
  LedgerChunkReader chunk(1, bytes);
  while (chunk.next()) {
  }
  static_cast<void>(decode_answer(bytes));
  static_cast<void>(decode_answer_expiry(bytes));
  static_cast<void>(decode_mark(bytes));
  static_cast<void>(keys::log_sequence(bytes));
  static_cast<void>(keys::parse_record(bytes));
  static_cast<void>(keys::parse_ledger(bytes));
  static_cast<void>(keys::reservation_of(bytes));
  const auto item = decode_item("SKU", bytes);
  if (!item) return 0;
  const auto written = encode_record(item->value, item->stamp);
  const auto again = decode_item("SKU", written);
  if (!again || again->value != item->value || again->stamp != item->stamp) std::abort();
  return 0;
}
