// What one thread gives, the other takes in order, and neither waits for one that has left.

#include "store/embedded/handover.hpp"

#include <future>

#include <gtest/gtest.h>

namespace nexus::store::embedded {
namespace {

TEST(HandoverTest, all_is_taken_in_order_and_then_it_ends) {
  Handover<int> handover(2);
  const auto giver = std::async(std::launch::async, [&] {
    const Handover<int>::Closer end(handover);
    for (int i = 0; i < 1000; ++i) EXPECT_TRUE(handover.give(i));
  });
  for (int i = 0; i < 1000; ++i) EXPECT_EQ(handover.take(), i);
  EXPECT_EQ(handover.take(), std::nullopt);
}

TEST(HandoverTest, who_gives_is_told_that_nobody_takes) {
  Handover<int> handover(2);
  auto giver = std::async(std::launch::async, [&] {
    int given = 0;
    while (handover.give(given)) ++given;
    return given;
  });
  {
    const Handover<int>::Closer end(handover);
    EXPECT_EQ(handover.take(), 0);
  }
  EXPECT_GE(giver.get(), 1);
}

}  // namespace
}  // namespace nexus::store::embedded
