#include "kernel/keyed_rate_limit.hpp"

#include <gtest/gtest.h>

namespace orbit::kernel {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

int takes_in_a_row(KeyedRateLimit& limit, std::string_view key) {
  int taken = 0;
  while (taken < 1'000 && limit.take(key) == seconds{0}) ++taken;
  return taken;
}

TEST(KeyedRateLimit, GivesSoManyAtOnceAndThenItsRate) {
  ManualClock clock;
  KeyedRateLimit limit(clock, {.tokens = 2, .at_once = 5});
  EXPECT_EQ(takes_in_a_row(limit, "a"), 5);
  EXPECT_EQ(limit.take("a"), seconds{1});
  clock.advance(milliseconds(500));
  EXPECT_EQ(takes_in_a_row(limit, "a"), 1);
  clock.advance(seconds(60));
  EXPECT_EQ(takes_in_a_row(limit, "a"), 5);
}

TEST(KeyedRateLimit, HoldsNobodyToWhatAnotherKeyTook) {
  ManualClock clock;
  KeyedRateLimit limit(clock, {.tokens = 1, .at_once = 1});
  EXPECT_EQ(takes_in_a_row(limit, "a"), 1);
  EXPECT_EQ(takes_in_a_row(limit, "b"), 1);
}

TEST(KeyedRateLimit, SaysHowLongToWaitWithoutTaking) {
  ManualClock clock;
  KeyedRateLimit limit(clock, {.tokens = 1, .period = seconds(30), .at_once = 1});
  EXPECT_EQ(limit.wait("a"), seconds{0});
  EXPECT_EQ(limit.take("a"), seconds{0});
  EXPECT_EQ(limit.wait("a"), seconds{30});
  EXPECT_EQ(limit.wait("a"), seconds{30});
}

TEST(KeyedRateLimit, ChargesWithoutPilingUpDebts) {
  ManualClock clock;
  KeyedRateLimit limit(clock, {.tokens = 1, .at_once = 2});
  for (int i = 0; i < 100; ++i) limit.charge("a");
  EXPECT_EQ(limit.wait("a"), seconds{2});
  clock.advance(seconds(2));
  EXPECT_EQ(limit.wait("a"), seconds{0});
}

TEST(KeyedRateLimit, ForgetsTheKeyUsedLongestAgo) {
  ManualClock clock;
  KeyedRateLimit limit(clock, {.tokens = 1, .at_once = 2, .remembered = 2});
  limit.charge("a");
  limit.charge("b");
  limit.charge("a");
  limit.charge("c");  // b goes
  EXPECT_EQ(limit.remembered(), 2U);
  EXPECT_EQ(takes_in_a_row(limit, "a"), 0);
  EXPECT_EQ(takes_in_a_row(limit, "b"), 2);
}

TEST(KeyedRateLimit, WithoutTokensIsNoLimit) {
  ManualClock clock;
  KeyedRateLimit limit(clock, {.tokens = 0});
  EXPECT_EQ(takes_in_a_row(limit, "a"), 1'000);
  EXPECT_EQ(limit.remembered(), 0U);
}

}  // namespace
}  // namespace orbit::kernel
