#include "kernel/scheduler.hpp"

#include <gtest/gtest.h>

#include <vector>

namespace orbit::kernel {
namespace {

using std::chrono::milliseconds;

TEST(ManualScheduler, RunsTimersInTheOrderTheyFallDue) {
  ManualClock clock;
  ManualScheduler scheduler(clock);
  std::vector<int> ran;
  scheduler.after(milliseconds{20}, [&] { ran.push_back(2); });
  scheduler.after(milliseconds{10}, [&] {
    ran.push_back(1);
    scheduler.post([&] { ran.push_back(11); });
  });
  const TimerId cancelled = scheduler.after(milliseconds{15}, [&] { ran.push_back(9); });
  scheduler.cancel(cancelled);

  scheduler.advance(milliseconds{9});
  EXPECT_TRUE(ran.empty());
  const auto before = clock.steady_now();
  scheduler.advance(milliseconds{11});
  EXPECT_EQ(ran, (std::vector{1, 11, 2}));
  EXPECT_EQ(clock.steady_now() - before, milliseconds{11});
  EXPECT_EQ(scheduler.pending_timers(), 0U);
}

}  // namespace
}  // namespace orbit::kernel
