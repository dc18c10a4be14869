// Traffic: has messages said in a crowd, and times each delivery: with so many messages outstanding (closed loop), or
// so many a second whatever comes of it (open loop). Belongs to the poller's thread.
#pragma once

#include <random>
#include <vector>

#include "load/crowd.hpp"
#include "load/histogram.hpp"

namespace orbit::bench {

struct TrafficOptions {
  std::size_t bytes = 64;  // of a payload
  /// So many messages are outstanding: each that all sockets of its channel have got is followed by another.
  std::size_t window = 1;
  /// Messages a second instead, evenly spread. Latency counts from when a message was to be said, so that a server
  /// which holds up the ones behind doesn't hide that. 0: the window says when.
  double rate = 0;
  std::chrono::milliseconds duration{1'500};
};

struct TrafficResult {
  Histogram latency_ns;
  std::uint64_t messages = 0;
  double seconds = 0;  // from the first message to the last delivery
};

class Traffic final : CrowdEvents {
 public:
  /// Numbers of messages begin at `first`, which is to be above all that the crowd has seen.
  Traffic(Poller& poller, Crowd& crowd, const TrafficOptions& options, std::uint32_t first);
  ~Traffic() { crowd_.tell(nullptr); }

  /// Returns once all that was said has been delivered. Failure: a socket broke, or a delivery is missing.
  [[nodiscard]] Outcome<TrafficResult> go();

 private:
  void delivered(const Stamp& stamp, TimePoint at) override;
  void say(TimePoint intended);
  Outcome<> keep_window();
  Outcome<> keep_rate();
  Outcome<> drain();
  [[nodiscard]] std::uint32_t listeners_of(std::size_t channel) const;

  Poller& poller_;
  Crowd& crowd_;
  const TrafficOptions options_;
  const std::uint32_t first_;
  std::minstd_rand random_{7};
  std::vector<std::uint32_t> missing_;  // deliveries of each message
  std::size_t complete_ = 0;            // messages without missing ones
  std::optional<TimePoint> last_;       // delivery
  TrafficResult result_;
};

}  // namespace orbit::bench
