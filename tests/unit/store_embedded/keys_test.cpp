// Keys sort as what they stand for does, and no SKU's lines run into another's.

#include "store/embedded/keys.hpp"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

namespace nexus::store::embedded::keys {
namespace {

constexpr domain::TenantId tenant{{.high = 0x0102030405060708, .low = 9}};

// As SKUs are: no control characters.
std::string any_sku() {
  return *rc::gen::nonEmpty(rc::gen::container<std::string>(rc::gen::inRange<char>(' ', '~')));
}

RC_GTEST_PROP(KeysTest, the_log_sorts_by_sequence, (std::uint64_t a, std::uint64_t b)) {
  RC_ASSERT((log(a) < log(b)) == (a < b));
  RC_ASSERT(log_sequence(log(a)) == a);
}

RC_GTEST_PROP(KeysTest, the_ledger_sorts_by_sku_then_newest_first, (std::uint64_t a, std::uint64_t b)) {
  const auto sku = any_sku();
  const auto other = any_sku();
  RC_ASSERT((ledger(tenant, sku, a) < ledger(tenant, sku, b)) == (a > b));
  if (sku != other) RC_ASSERT((ledger(tenant, sku, a) < ledger(tenant, other, b)) == (sku < other));
  const auto parsed = parse_ledger(ledger(tenant, sku, a)).value();
  RC_ASSERT(parsed.tenant == tenant);
  RC_ASSERT(parsed.oldest == a);
}

RC_GTEST_PROP(KeysTest, lines_of_a_sku_lie_between_its_prefix_and_what_comes_after,
              (std::uint64_t sequence)) {
  const auto sku = any_sku();
  const auto longer = sku + any_sku();
  const auto prefix = ledger_prefix(tenant, sku);
  RC_ASSERT(ledger(tenant, sku, sequence).starts_with(prefix));
  RC_ASSERT(ledger(tenant, sku, sequence) < after_sku(prefix));
  RC_ASSERT(ledger(tenant, longer, sequence) >= after_sku(prefix));
}

RC_GTEST_PROP(KeysTest, archived_reservations_sort_newest_first, (std::uint64_t a, std::uint64_t b)) {
  const domain::ReservationId first{{.high = 5, .low = a}};
  const domain::ReservationId second{{.high = 5, .low = b}};
  const auto prefix =
      reservation_index(ReservationIndex::sku, tenant, any_sku(), domain::ReservationStatus::shipped);
  RC_ASSERT((with_id(prefix, first) < with_id(prefix, second)) == (a > b));
  RC_ASSERT(reservation_of(with_id(prefix, first)) == first);
}

TEST(KeysTest, keys_of_no_known_form_are_refused) {
  EXPECT_FALSE(log_sequence("short"));
  EXPECT_FALSE(parse_ledger("short"));
  EXPECT_FALSE(parse_ledger(std::string(40, 'x')));
  EXPECT_FALSE(parse_record("I"));
  EXPECT_FALSE(reservation_of("short"));
}

}  // namespace
}  // namespace nexus::store::embedded::keys
