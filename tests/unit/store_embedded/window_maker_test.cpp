#include "store/embedded/window_maker.hpp"

#include <gtest/gtest.h>

#include "store/embedded/state.hpp"

namespace nexus::store::embedded {
namespace {

constexpr std::uint64_t many = 1000;

WindowPtr make_with_an_event(WindowMaker& maker) {
  auto window = maker.make(many);
  window->add_event({.previous = 7});
  return window;
}

TEST(WindowMakerTest, a_window_stands_empty_in_the_room_of_one_that_is_gone) {
  WindowMaker maker;
  TenantState tenant(domain::TenantId{});
  auto window = make_with_an_event(maker);
  window->add_item(tenant, 0);
  window.reset();
  // Where it stands tells nothing: the allocator may give out the same place again.
  const auto next = maker.make(0);
  EXPECT_GE(next->lines().capacity(), many);
  EXPECT_GE(next->items().capacity(), many);
  EXPECT_TRUE(next->is_empty());
  EXPECT_TRUE(next->items().empty());
}

TEST(WindowMakerTest, a_window_that_somebody_reads_keeps_its_room) {
  WindowMaker maker;
  auto window = make_with_an_event(maker);
  const auto reader = window;
  window.reset();
  auto next = make_with_an_event(maker);
  next->add_event({.previous = 8});
  EXPECT_EQ(reader->events(), 1U);
  EXPECT_EQ(reader->line(reader->first_sequence()).previous, 7U);
  EXPECT_NE(next->lines().data(), reader->lines().data());
}

TEST(WindowMakerTest, more_events_than_the_one_before_had_room_for_have_it) {
  WindowMaker maker;
  maker.make(1).reset();
  EXPECT_GE(maker.make(many)->lines().capacity(), many);
}

TEST(WindowMakerTest, a_window_may_outlive_what_made_it) {
  WindowPtr window;
  {
    WindowMaker maker;
    window = make_with_an_event(maker);
  }
  EXPECT_EQ(window->events(), 1U);
}

TEST(WindowMakerTest, room_that_was_given_back_is_not_used_again) {
  WindowMaker maker;
  maker.make(many).reset();
  maker.give_back_room();
  EXPECT_EQ(maker.make(0)->lines().capacity(), 0U);
}

}  // namespace
}  // namespace nexus::store::embedded
