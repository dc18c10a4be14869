// HeartbeatWheel: decides whose turn it is to be pinged. Slots are dealt onto the spokes of a wheel that turns once in
// each interval, so that pings are spread evenly over it and nothing is kept for each socket. Shard's thread.
#pragma once

#include <algorithm>
#include <chrono>
#include <cstdint>

#include "kernel/clock.hpp"

namespace orbit::websocket {

class HeartbeatWheel {
 public:
  static constexpr std::uint32_t spokes = 256;

  HeartbeatWheel(std::chrono::milliseconds interval, kernel::SteadyTime now)
      : step_(std::chrono::nanoseconds(interval) / spokes), turned_until_(now) {}

  /// Calls visit(slot) for each slot below `slots` whose spoke has passed since the last call. Time in which the thread
  /// stood still doesn't turn the wheel: peers' answers may still lie unread then.
  template <class Visit>
  void turn(kernel::SteadyTime now, std::uint32_t slots, Visit visit) {
    constexpr std::int64_t most_at_once = spokes / 8;
    const std::int64_t steps = (now - turned_until_) / step_;
    turned_until_ = steps > most_at_once ? now : turned_until_ + steps * step_;
    for (std::int64_t i = 0; i < std::min(steps, most_at_once); ++i) {
      for (std::uint32_t slot = spoke_; slot < slots; slot += spokes) visit(slot);
      spoke_ = (spoke_ + 1) % spokes;
    }
  }

 private:
  std::chrono::nanoseconds step_;
  kernel::SteadyTime turned_until_;
  std::uint32_t spoke_ = 0;
};

}  // namespace orbit::websocket
