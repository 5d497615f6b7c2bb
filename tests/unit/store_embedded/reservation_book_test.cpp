// The book finds what a plain list finds, newest first, whatever was held, shipped in part, closed and
// forgotten.

#include "store/embedded/reservation_book.hpp"

#include <map>

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

namespace nexus::store::embedded {
namespace {

using domain::ReservationId;
using domain::ReservationStatus;

ReservationId id_of(std::uint64_t number) {
  return {{.high = 1, .low = number}};
}

domain::ReservationPtr any_reservation(std::uint64_t number) {
  domain::Reservation reservation{.id = id_of(number),
                                  .reference = "order " + std::to_string(*rc::gen::inRange(0, 4)),
                                  .status = static_cast<ReservationStatus>(*rc::gen::inRange(0, 4))};
  const auto lines = *rc::gen::inRange(0, 3);
  for (int i = 0; i < lines; ++i) {
    reservation.lines.push_back(
        {.sku = "SKU " + std::to_string(*rc::gen::inRange(0, 3)), .warehouse = 0, .quantity = 1});
  }
  return std::make_shared<const domain::Reservation>(std::move(reservation));
}

RC_GTEST_PROP(ReservationBookTest, every_query_finds_what_a_plain_list_finds, ()) {
  ReservationBook book;
  std::map<ReservationId, domain::ReservationPtr> model;
  const auto steps = *rc::gen::inRange(1, 40);
  for (int step = 0; step < steps; ++step) {
    const auto number = *rc::gen::inRange<std::uint64_t>(1, 20);
    if (*rc::gen::inRange(0, 4) == 0) {
      book.forget(id_of(number));
      model.erase(id_of(number));
    } else {
      auto reservation = any_reservation(number);
      book.put(reservation);
      model[id_of(number)] = std::move(reservation);
    }
  }

  ReservationQuery query;
  for (int status = 0; status < 4; ++status) {
    if (*rc::gen::arbitrary<bool>()) query.statuses.add(static_cast<ReservationStatus>(status));
  }
  if (*rc::gen::arbitrary<bool>()) query.sku = "SKU 1";
  if (*rc::gen::arbitrary<bool>()) query.reference = "order 2";
  if (*rc::gen::arbitrary<bool>()) query.before = id_of(*rc::gen::inRange<std::uint64_t>(1, 20));
  const auto limit = *rc::gen::inRange<std::size_t>(1, 10);

  std::vector<domain::ReservationPtr> expected;
  for (auto at = model.rbegin(); at != model.rend() && expected.size() < limit; ++at) {
    if (matches(*at->second, query)) expected.push_back(at->second);
  }
  RC_ASSERT(book.list(query, limit) == expected);

  std::size_t held = 0;
  for (const auto& [id, reservation] : model) {
    RC_ASSERT(book.find(id) == reservation);
    held += reservation->status == ReservationStatus::held ? 1 : 0;
  }
  RC_ASSERT(book.held() == held);
}

TEST(ReservationBookTest, a_closed_one_no_longer_holds_its_reference) {
  ReservationBook book;
  domain::Reservation reservation{.id = id_of(1), .reference = "order"};
  book.put(std::make_shared<const domain::Reservation>(reservation));
  ASSERT_NE(book.find_held("order"), nullptr);
  reservation.status = ReservationStatus::shipped;
  book.put(std::make_shared<const domain::Reservation>(reservation));
  EXPECT_EQ(book.find_held("order"), nullptr);
}

}  // namespace
}  // namespace nexus::store::embedded
