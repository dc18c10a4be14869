// RateLimit: a token bucket in one moment (the generic cell rate algorithm): when the bucket will be full again.
// Belongs to its connection, on the shard's thread.
#pragma once

#include <algorithm>
#include <chrono>

#include "kernel/clock.hpp"

namespace orbit::websocket {

class RateLimit {
 public:
  struct Rule {
    std::chrono::nanoseconds interval;  // in which one token comes back
    int burst;                          // how many there are at most
  };

  /// Takes a token, if there is one.
  [[nodiscard]] bool take(const Rule& rule, kernel::SteadyTime now) {
    const kernel::SteadyTime from = std::max(full_again_, now);
    if (from - now > (rule.burst - 1) * rule.interval) return false;
    full_again_ = from + rule.interval;
    return true;
  }

 private:
  kernel::SteadyTime full_again_{};
};

}  // namespace orbit::websocket
