// Backoff: how long to wait before the next attempt: between half of a ceiling and all of it, and the ceiling doubles
// from attempt to attempt. So many nodes that lost one broker don't come back at the same time. Belongs to one thread.
#pragma once

#include <algorithm>
#include <chrono>
#include <cstdint>
#include <random>

namespace orbit::cluster {

class Backoff {
 public:
  Backoff(std::chrono::milliseconds first, std::chrono::milliseconds most)
      : first_(first), most_(most), ceiling_(first) {}

  template <class Random>
  [[nodiscard]] std::chrono::milliseconds next(Random& random) {
    const auto ceiling = ceiling_.count();
    ceiling_ = std::min(most_, ceiling_ * 2);
    return std::chrono::milliseconds(std::uniform_int_distribution<std::int64_t>(ceiling / 2, ceiling)(random));
  }

  void reset() { ceiling_ = first_; }

 private:
  std::chrono::milliseconds first_;
  std::chrono::milliseconds most_;
  std::chrono::milliseconds ceiling_;
};

}  // namespace orbit::cluster
