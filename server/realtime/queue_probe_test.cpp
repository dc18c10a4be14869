#include "realtime/queue_probe.hpp"

#include <gtest/gtest.h>

namespace orbit::realtime {
namespace {

using std::chrono::milliseconds;

// A thread on which what is posted waits a while.
struct BusyScheduler final : kernel::Scheduler {
  kernel::ManualClock clock;
  kernel::ManualScheduler idle{clock};

  void post(Task task) override {
    idle.post([this, task = std::move(task)]() mutable {
      clock.advance(milliseconds(30));
      task();
    });
  }
  kernel::TimerId after(milliseconds delay, Task task) override { return idle.after(delay, std::move(task)); }
  void cancel(kernel::TimerId timer) override { idle.cancel(timer); }
};

TEST(QueueProbe, TellsOnceASecondHowLongAPostedTaskWaited) {
  BusyScheduler scheduler;
  kernel::MetricsRegistry metrics;
  const auto& waited = metrics.histogram("orbit_realtime_wait_seconds", "");
  {
    QueueProbe probe(scheduler, scheduler.clock, metrics);
    probe.start();
    scheduler.idle.advance(milliseconds(999));
    EXPECT_EQ(waited.count(), 0);
    scheduler.idle.advance(milliseconds(1'500));
    EXPECT_EQ(waited.count(), 2);
    EXPECT_EQ(waited.sum(), milliseconds(60));
  }
  EXPECT_EQ(scheduler.idle.pending_timers(), 0U);
}

TEST(QueueProbe, TellsForHowLongTheThreadHasNotComeToWhatWasDue) {
  kernel::ManualClock clock;
  kernel::ManualScheduler scheduler(clock);
  kernel::MetricsRegistry metrics;
  QueueProbe probe(scheduler, clock, metrics);
  EXPECT_EQ(probe.overdue(), milliseconds(0));
  probe.start();
  scheduler.advance(milliseconds(4'500));
  EXPECT_EQ(probe.overdue(), milliseconds(0));
  clock.advance(milliseconds(3'000));  // and the thread has no turn
  EXPECT_EQ(probe.overdue(), milliseconds(2'500));
  scheduler.advance(milliseconds(0));
  EXPECT_EQ(probe.overdue(), milliseconds(0));
}

}  // namespace
}  // namespace orbit::realtime
