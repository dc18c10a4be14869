#include "load/histogram.hpp"

#include <gtest/gtest.h>

namespace orbit::bench {
namespace {

TEST(Histogram, IsExactForSmallValues) {
  Histogram histogram;
  for (std::uint64_t value = 1; value <= 100; ++value) histogram.add(value);
  EXPECT_EQ(histogram.count(), 100U);
  EXPECT_EQ(histogram.percentile(0), 1U);
  EXPECT_EQ(histogram.percentile(50), 50U);
  EXPECT_EQ(histogram.percentile(99), 99U);
  EXPECT_EQ(histogram.percentile(100), 100U);
}

TEST(Histogram, IsOffByNoMoreThanASixtyFourth) {
  for (std::uint64_t value = 127; value < 20'000'000'000; value += value / 3) {
    Histogram histogram;
    histogram.add(value);
    histogram.add(value * 4);
    EXPECT_GE(histogram.percentile(50), value);
    EXPECT_LE(histogram.percentile(50), value + value / 64) << value;
  }
}

TEST(Histogram, NeverSaysMoreThanTheMost) {
  Histogram histogram;
  histogram.add(1'000'001);
  EXPECT_EQ(histogram.percentile(99.9), 1'000'001U);
  EXPECT_EQ(histogram.most(), 1'000'001U);
}

TEST(Histogram, TakesWhatIsLongerThanItsLastBucket) {
  Histogram histogram;
  histogram.add(~std::uint64_t{0});
  EXPECT_EQ(histogram.count(), 1U);
  EXPECT_EQ(histogram.most(), ~std::uint64_t{0});
}

TEST(Histogram, IsZeroWhereThereIsNothing) { EXPECT_EQ(Histogram().percentile(99), 0U); }

}  // namespace
}  // namespace orbit::bench
