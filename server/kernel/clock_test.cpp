#include "kernel/clock.hpp"

#include <gtest/gtest.h>

namespace orbit::kernel {
namespace {

using std::chrono::milliseconds;

TEST(Iso8601, ReadsBackWhatItWrote) {
  for (const std::int64_t ms : {0LL, 1LL, 951'782'400'000LL, 1'767'225'599'999LL, 4'102'444'800'123LL}) {
    const Timestamp time{milliseconds{ms}};
    EXPECT_EQ(from_iso8601(to_iso8601(time)), time) << to_iso8601(time);
  }
  EXPECT_EQ(to_iso8601(Timestamp{milliseconds{951'782'400'007}}), "2000-02-29T00:00:00.007Z");
}

TEST(Iso8601, RefusesEveryOtherForm) {
  for (const char* text : {"", "2026-01-01", "2026-01-01T00:00:00Z", "2026-13-01T00:00:00.000Z",
                           "2026-02-29T00:00:00.000Z", "2026-01-01T24:00:00.000Z", "2026-01-01T00:60:00.000Z",
                           "2026-01-01T00:00:00.000+", "2026-01-01 00:00:00.000Z", "2026-01-01T00:00:0x.000Z"}) {
    EXPECT_FALSE(from_iso8601(text)) << text;
  }
}

TEST(ManualClock, StandsStillUntilAdvanced) {
  ManualClock clock;
  const auto wall = clock.now();
  const auto steady = clock.steady_now();
  EXPECT_EQ(clock.now(), wall);
  clock.advance(milliseconds{1500});
  EXPECT_EQ(clock.now() - wall, milliseconds{1500});
  EXPECT_EQ(clock.steady_now() - steady, milliseconds{1500});
}

}  // namespace
}  // namespace orbit::kernel
