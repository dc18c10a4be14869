#include "websocket/shard_metrics.hpp"

#include <string>

namespace orbit::websocket {

ShardMetrics::ShardMetrics(kernel::MetricsRegistry& registry)
    : connections_(registry.gauge("orbit_websocket_connections", "WebSocket connections, closing ones included")),
      queued_bytes_(registry.gauge("orbit_websocket_queued_bytes", "Bytes waiting for sockets that take no more")),
      frames_sent_(registry.counter("orbit_websocket_frames_sent_total", "Frames handed to sockets or their queues")),
      bytes_sent_(registry.counter("orbit_websocket_bytes_sent_total", "Bytes written to sockets")),
      writes_(registry.counter("orbit_websocket_writes_total", "Calls that wrote to a socket")),
      frames_received_(registry.counter("orbit_websocket_frames_received_total", "Messages and control frames read")),
      bytes_received_(registry.counter("orbit_websocket_bytes_received_total", "Bytes read from sockets")),
      frames_dropped_(registry.counter("orbit_websocket_frames_dropped_total",
                                       "Frames without seq dropped because a queue was full", {{"at", "socket"}})),
      frames_skipped_(registry.counter("orbit_websocket_frames_skipped_total",
                                       "Runs of latest values withheld from sockets with bytes waiting")) {
  constexpr std::array<const char*, causes> names{"peer",     "broken",   "server",   "heartbeat",
                                                  "too_slow", "too_many", "protocol", "draining"};
  for (std::size_t i = 0; i < causes; ++i) {
    closed_[i] = &registry.counter("orbit_websocket_closed_total", "WebSockets that stopped being open, by cause",
                                   {{"cause", names[i]}});
  }
}

void ShardMetrics::publish() {
  const auto move = [](std::int64_t& from, kernel::Metric& to) {
    if (from != 0) to.add(from);
    from = 0;
  };
  move(tally.connections, connections_);
  move(tally.queued_bytes, queued_bytes_);
  move(tally.frames_sent, frames_sent_);
  move(tally.bytes_sent, bytes_sent_);
  move(tally.writes, writes_);
  move(tally.frames_received, frames_received_);
  move(tally.bytes_received, bytes_received_);
  move(tally.frames_dropped, frames_dropped_);
  move(tally.frames_skipped, frames_skipped_);
}

}  // namespace orbit::websocket
