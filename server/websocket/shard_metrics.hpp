// ShardMetrics: what a shard counts. It tallies in plain numbers and publishes them once a turn, so that the write loop
// touches no memory that other threads share. All shards of a node add to the same instruments. Shard's thread.
#pragma once

#include <array>
#include <cstdint>

#include "kernel/clock.hpp"
#include "kernel/metrics.hpp"

namespace orbit::websocket {

/// Why a socket stopped being open.
enum class CloseCause : std::uint8_t {
  peer,       // it said so, or its end of the connection closed
  broken,     // the connection failed
  server,     // FanoutShard::close
  heartbeat,  // it left a ping unanswered
  too_slow,   // its queue was full
  too_many,   // it sent too fast
  protocol,   // it broke a rule of RFC 6455, sent binary, or too much at once
  draining,
};

/// As metrics and logs have it: "too_slow".
[[nodiscard]] const char* name_of(CloseCause cause);

class ShardMetrics {
 public:
  struct Tally {
    std::int64_t connections = 0;  // of gauges: the change
    std::int64_t queued_bytes = 0;
    std::int64_t frames_sent = 0;
    std::int64_t bytes_sent = 0;
    std::int64_t writes = 0;
    std::int64_t frames_received = 0;
    std::int64_t bytes_received = 0;
    std::int64_t frames_dropped = 0;
    std::int64_t frames_skipped = 0;
    std::int64_t queued_connections = 0;  // of a gauge
  };

  ShardMetrics(kernel::MetricsRegistry& registry, std::size_t max_connections);

  Tally tally;

  void closed(CloseCause cause) { closed_[static_cast<std::size_t>(cause)]->add(); }

  /// A broadcast of what was committed then was written by now, or queued where a socket takes no more.
  void written(kernel::SteadyTime committed_at, kernel::SteadyTime now) {
    commit_to_socket_.observe(now - committed_at);
  }

  /// Adds the tally to the instruments and starts a new one.
  void publish();

 private:
  static constexpr std::size_t causes = 8;

  kernel::Metric& connections_;
  kernel::Metric& queued_bytes_;
  kernel::Metric& frames_sent_;
  kernel::Metric& bytes_sent_;
  kernel::Metric& writes_;
  kernel::Metric& frames_received_;
  kernel::Metric& bytes_received_;
  kernel::Metric& frames_dropped_;
  kernel::Metric& frames_skipped_;
  kernel::Metric& queued_connections_;
  kernel::Histogram& commit_to_socket_;
  std::array<kernel::Metric*, causes> closed_{};
};

}  // namespace orbit::websocket
