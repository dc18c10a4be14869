#include "cluster/pacer.hpp"

#include <gtest/gtest.h>

namespace orbit::cluster {
namespace {

class PacerTest : public testing::Test {
 protected:
  void run(std::size_t tasks) {
    for (std::size_t i = 0; i < tasks; ++i) pacer.run([this] { ++ran; });
  }

  kernel::ManualClock clock;
  kernel::ManualScheduler scheduler{clock};
  kernel::MetricsRegistry metrics;
  kernel::Metric& dropped = metrics.counter("dropped", "");
  Pacer pacer{scheduler, dropped};
  std::size_t ran = 0;
};

TEST_F(PacerTest, RunsAFewAtOnceAndManySoManyInEachPause) {
  run(Pacer::per_pause + 5);
  EXPECT_EQ(ran, Pacer::per_pause);
  scheduler.advance(Pacer::pause);
  EXPECT_EQ(ran, Pacer::per_pause + 5);
  run(Pacer::per_pause);
  EXPECT_EQ(ran, 2 * Pacer::per_pause);
  scheduler.advance(3 * Pacer::pause);
  EXPECT_EQ(ran, 2 * Pacer::per_pause + 5);
  run(1);
  EXPECT_EQ(ran, 2 * Pacer::per_pause + 6) << "at once again";
}

TEST_F(PacerTest, DropsWhatIsTooMuch) {
  run(Pacer::per_pause + Pacer::max_waiting + 7);
  EXPECT_EQ(dropped.value(), 7);
}

}  // namespace
}  // namespace orbit::cluster
