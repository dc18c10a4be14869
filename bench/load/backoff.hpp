// Backoff: how long a tab waits before it tries again, as @orbit/client does: anything from nothing to a ceiling that
// starts at 250 ms and doubles. Belongs to its tab.
#pragma once

#include <algorithm>
#include <chrono>
#include <random>

#include "load/clock.hpp"

namespace orbit::bench {

class Backoff {
 public:
  template <class Random>
  [[nodiscard]] Clock::duration next(Random& random) {
    const std::chrono::milliseconds ceiling(std::min(15'000, 250 << std::min(attempt_++, 6)));
    return std::chrono::milliseconds(std::uniform_int_distribution<std::int64_t>(0, ceiling.count())(random));
  }

 private:
  int attempt_ = 0;
};

}  // namespace orbit::bench
