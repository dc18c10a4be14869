#include "app/node_rates.hpp"

#include <gtest/gtest.h>

namespace orbit::app {
namespace {

using std::chrono::milliseconds;

TEST(NodeRateMeterTest, TellsTheLastFiveSecondsOfAllLabels) {
  kernel::ManualClock clock;
  kernel::ManualScheduler scheduler(clock);
  kernel::MetricsRegistry metrics;
  auto& plain = metrics.counter("orbit_http_requests_total", "", {{"shard", "0"}});
  auto& other = metrics.counter("orbit_http_requests_total", "", {{"shard", "1"}});
  plain.add(1'000);
  NodeRateMeter meter(metrics, scheduler, clock);
  EXPECT_EQ(meter.rates().requests, 0);
  meter.start();
  EXPECT_EQ(meter.rates().requests, 0);
  scheduler.advance(milliseconds{2'000});
  plain.add(10);
  other.add(30);
  EXPECT_DOUBLE_EQ(meter.rates().requests, 20);
  EXPECT_EQ(meter.rates().commits, 0);
  scheduler.advance(milliseconds{20'000});
  EXPECT_EQ(meter.rates().requests, 0);
}

}  // namespace
}  // namespace orbit::app
