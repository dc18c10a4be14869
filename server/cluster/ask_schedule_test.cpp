#include "cluster/ask_schedule.hpp"

#include <gmock/gmock.h>

#include "kernel/clock.hpp"

namespace orbit::cluster {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

class AskScheduleTest : public testing::Test {
 protected:
  /// In which of the next ticks something is asked for.
  std::vector<int> asked(int ticks) {
    std::vector<int> in;
    for (int tick = 1; tick <= ticks; ++tick) {
      for (const auto& due : asks.take_due()) {
        in.push_back(tick);
        last = due;
      }
    }
    return in;
  }

  kernel::ManualClock clock;
  const kernel::Uuid a = kernel::new_uuid(clock);
  const kernel::Uuid b = kernel::new_uuid(clock);
  AskSchedule asks;
  AskSchedule::Due last;
};

TEST_F(AskScheduleTest, AsksOnceAndAgainWithGrowingPausesWhileNothingComes) {
  asks.request(a, "t", Want::state, 2);
  asks.request(a, "t", Want::state, 0);
  asks.request(a, "t", Want::digest, 0);
  EXPECT_THAT(asked(10), ElementsAre(1));
  EXPECT_EQ(last.want, Want::state);
  EXPECT_FALSE(last.is_again);
  asks.request(a, "t", Want::state, 0);
  EXPECT_THAT(asked(511), ElementsAre(1, 21, 61, 141, 301, 461));
  EXPECT_TRUE(last.is_again);
}

TEST_F(AskScheduleTest, RestsAfterAnAnswerAndForgetsWhatIsNotWantedAnyMore) {
  asks.request(a, "t", Want::state, 0);
  asked(1);
  asks.answered(a, "t");
  EXPECT_FALSE(asks.is_under_way(a, "t"));
  asks.request(a, "t", Want::state, 0);
  EXPECT_THAT(asked(5), ElementsAre(3));
  asks.answered(a, "t");
  EXPECT_THAT(asked(10), IsEmpty());
  EXPECT_EQ(asks.size(), 0U);
}

TEST_F(AskScheduleTest, AStateThatWasPromisedIsAskedForIfItDoesNotCome) {
  asks.request(a, "t", Want::digest, 0);
  asked(1);
  asks.expect(a, "t");
  EXPECT_THAT(asked(12), ElementsAre(10));
  EXPECT_EQ(last.want, Want::state);
  asks.expect(b, "u");
  EXPECT_THAT(asked(12), ElementsAre(10));
}

TEST_F(AskScheduleTest, WantsTheStateAtOnceWhereADigestDiffers) {
  asks.request(a, "t", Want::digest, 0);
  asked(1);
  asks.request(a, "t", Want::state, 0);
  EXPECT_THAT(asked(5), ElementsAre(1));
  EXPECT_EQ(last.want, Want::state);
}

TEST_F(AskScheduleTest, ForgetsANodeOrATopic) {
  for (const auto& node : {a, b}) {
    for (const char* topic : {"s", "t", "ta"}) asks.request(node, topic, Want::state, 0);
  }
  asks.forget(a);
  asks.forget("t");
  EXPECT_EQ(asks.size(), 2U);
  EXPECT_THAT(asked(1), ElementsAre(1, 1));
  EXPECT_EQ(last.node, b);
}

}  // namespace
}  // namespace orbit::cluster
