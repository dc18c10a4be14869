#include "load/samples.hpp"

#include <gtest/gtest.h>

namespace orbit::bench {
namespace {

TEST(Samples, PercentileIsAValueThatWasMeasured) {
  Samples samples;
  for (int i = 100; i >= 1; --i) samples.add(i);
  EXPECT_EQ(samples.percentile(0), 1);
  EXPECT_EQ(samples.percentile(50), 50);
  EXPECT_EQ(samples.percentile(99), 99);
  EXPECT_EQ(samples.percentile(99.5), 100);
  EXPECT_EQ(samples.percentile(100), 100);
  EXPECT_EQ(samples.least(), 1);
  EXPECT_EQ(samples.most(), 100);
}

TEST(Samples, MedianLiesInTheMiddle) {
  Samples samples;
  samples.add(9);
  EXPECT_EQ(samples.median(), 9);
  samples.add(1);
  EXPECT_EQ(samples.median(), 5);
  samples.add(3);
  EXPECT_EQ(samples.median(), 3);
}

TEST(Samples, OfNothingAreNought) {
  const Samples samples;
  EXPECT_TRUE(samples.is_empty());
  EXPECT_EQ(samples.median(), 0);
  EXPECT_EQ(samples.percentile(99), 0);
}

TEST(Samples, CanBeJoined) {
  Samples one, other;
  one.add(1);
  other.add(2);
  other.add(3);
  one.add(other);
  EXPECT_EQ(one.size(), 3);
  EXPECT_EQ(one.median(), 2);
}

}  // namespace
}  // namespace orbit::bench
