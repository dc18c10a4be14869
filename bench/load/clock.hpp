// The clock that everything is timed with.
#pragma once

#include <chrono>

namespace orbit::bench {

using Clock = std::chrono::steady_clock;
using TimePoint = Clock::time_point;

[[nodiscard]] inline double milliseconds(Clock::duration duration) {
  return std::chrono::duration<double, std::milli>(duration).count();
}

}  // namespace orbit::bench
