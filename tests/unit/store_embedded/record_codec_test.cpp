// What a checkpoint writes is read back as it was, and bytes that are none of it are told from it.

#include "store/embedded/record_codec.hpp"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include "generators.hpp"
#include "support/describe.hpp"

namespace nexus::store::embedded {
namespace {

using test::describe;

RC_GTEST_PROP(RecordCodecTest, records_read_back_with_their_stamps, (std::uint64_t stamp)) {
  const auto item = *test::any_item();
  const auto item_back = decode_item(item.sku, encode_record(item, stamp));
  RC_ASSERT(item_back.has_value());
  RC_ASSERT(item_back->value == item);
  RC_ASSERT(item_back->stamp == stamp);

  const auto reservation = *test::any_reservation();
  const auto reservation_back = decode_reservation(encode_record(reservation, stamp));
  RC_ASSERT(reservation_back.has_value());
  RC_ASSERT(reservation_back->value == reservation);

  const auto key = *test::any_key();
  const auto key_back = decode_key(encode_record(key, stamp));
  RC_ASSERT(key_back.has_value());
  RC_ASSERT(describe(key_back->value) == describe(key));

  const auto warehouse = *test::any_warehouse();
  const auto warehouse_back = decode_warehouse(encode_record(warehouse, stamp));
  RC_ASSERT(warehouse_back.has_value());
  RC_ASSERT(describe(warehouse_back->value) == describe(warehouse));

  const auto tenant = *test::any_tenant();
  const auto tenant_back = decode_tenant(encode_record(tenant, stamp));
  RC_ASSERT(tenant_back.has_value());
  RC_ASSERT(describe(tenant_back->value) == describe(tenant));

  const auto answer = *test::any_answer();
  const auto answer_back = decode_answer(encode_answer(answer));
  RC_ASSERT(answer_back.has_value());
  RC_ASSERT(describe(*answer_back) == describe(answer));
  RC_ASSERT(decode_answer_expiry(encode_answer(answer)) == answer.expires_at);
}

RC_GTEST_PROP(RecordCodecTest, any_bytes_are_decoded_or_refused, (std::string bytes)) {
  if (!bytes.empty() && *rc::gen::arbitrary<bool>()) bytes[0] = 1;
  decode_item("A", bytes);
  decode_reservation(bytes);
  decode_key(bytes);
  decode_warehouse(bytes);
  decode_tenant(bytes);
  decode_answer(bytes);
  decode_mark(bytes);
}

RC_GTEST_PROP(RecordCodecTest, a_record_that_is_cut_short_is_refused, ()) {
  const auto bytes = encode_record(*test::any_item(), 9);
  for (std::size_t size = 0; size < bytes.size(); ++size) {
    RC_ASSERT(!decode_item("A", std::string_view(bytes).substr(0, size)));
  }
  RC_ASSERT(!decode_item("A", bytes + "x"));
}

}  // namespace
}  // namespace nexus::store::embedded
