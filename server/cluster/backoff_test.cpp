#include "cluster/backoff.hpp"

#include <gtest/gtest.h>

namespace orbit::cluster {
namespace {

using std::chrono::milliseconds;

TEST(Backoff, WaitsBetweenHalfOfACeilingAndAllOfItWhichDoublesUpToTheMost) {
  std::mt19937 random(1);
  Backoff backoff(milliseconds(100), milliseconds(500));
  for (const int ceiling : {100, 200, 400, 500, 500}) {
    const milliseconds wait = backoff.next(random);
    EXPECT_GE(wait, milliseconds(ceiling / 2));
    EXPECT_LE(wait, milliseconds(ceiling));
  }
  backoff.reset();
  EXPECT_LE(backoff.next(random), milliseconds(100));
}

TEST(Backoff, IsNotTheSameForAllNodes) {
  std::mt19937 random(1);
  std::mt19937 other(2);
  Backoff a(milliseconds(5'000), milliseconds(5'000));
  Backoff b(milliseconds(5'000), milliseconds(5'000));
  EXPECT_NE(a.next(random), b.next(other));
}

}  // namespace
}  // namespace orbit::cluster
