#include "kernel/duration.hpp"

#include <gtest/gtest.h>

namespace orbit::kernel {
namespace {

using std::chrono::milliseconds;

TEST(Duration, TakesTheFourUnitsAndNothingElse) {
  EXPECT_EQ(parse_duration("500ms"), milliseconds{500});
  EXPECT_EQ(parse_duration("2s"), milliseconds{2000});
  EXPECT_EQ(parse_duration("5m"), milliseconds{300'000});
  EXPECT_EQ(parse_duration("1h"), milliseconds{3'600'000});
  for (const char* bad : {"", "2", "s", "-1s", "2 s", "2sec", "99999999999s", "1.5s"}) {
    EXPECT_FALSE(parse_duration(bad)) << bad;
  }
}

}  // namespace
}  // namespace orbit::kernel
