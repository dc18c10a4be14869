#include "kernel/metrics.hpp"

#include <gtest/gtest.h>

namespace orbit::kernel {
namespace {

using std::chrono::microseconds;
using std::chrono::milliseconds;

TEST(Histogram, PutsADurationIntoTheFirstBucketThatHoldsIt) {
  Histogram histogram;
  histogram.observe(microseconds(100));  // the bound belongs to its bucket
  histogram.observe(microseconds(101));
  histogram.observe(std::chrono::minutes(1));
  EXPECT_EQ(histogram.in_bucket(0), 1);
  EXPECT_EQ(histogram.in_bucket(1), 1);
  EXPECT_EQ(histogram.in_bucket(Histogram::bounds.size()), 1);
  EXPECT_EQ(histogram.count(), 3);
  EXPECT_EQ(histogram.sum(), std::chrono::minutes(1) + microseconds(201));
}

TEST(MetricsRegistry, GivesTheSameInstrumentForTheSameNameAndLabels) {
  MetricsRegistry metrics;
  metrics.histogram("took_seconds", "", {{"route", "a"}}).observe(milliseconds(1));
  EXPECT_EQ(metrics.histogram("took_seconds", "", {{"route", "a"}}).count(), 1);
  EXPECT_EQ(metrics.histogram("took_seconds", "", {{"route", "b"}}).count(), 0);
}

}  // namespace
}  // namespace orbit::kernel
