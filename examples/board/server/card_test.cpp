#include "board/server/card.hpp"

#include <gtest/gtest.h>

namespace orbit::board {
namespace {

TEST(Card, MovingItToWhereItIsRecordsNothing) {
  const kernel::ManualClock clock;
  Card card({CardId::create(clock), BoardId::create(clock), {}, "Fly", Column::doing});
  card.move(Column::doing, clock.now());
  EXPECT_EQ(card.take_events().size(), 0U);
  card.move(Column::done, clock.now());
  EXPECT_EQ(card.take_events().size(), 1U);
}

}  // namespace
}  // namespace orbit::board
