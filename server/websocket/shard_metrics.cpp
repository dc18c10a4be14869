#include "websocket/shard_metrics.hpp"

#include <string>

namespace orbit::websocket {

const char* name_of(CloseCause cause) {
  constexpr std::array names{"peer", "broken", "server", "heartbeat", "too_slow", "too_many", "protocol", "draining"};
  return names.at(static_cast<std::size_t>(cause));
}

ShardMetrics::ShardMetrics(kernel::MetricsRegistry& registry, std::size_t max_connections)
    : connections_(registry.gauge("orbit_websocket_connections", "WebSocket connections, closing ones included")),
      queued_bytes_(registry.gauge("orbit_websocket_queued_bytes", "Bytes waiting for sockets that take no more")),
      frames_sent_(registry.counter("orbit_websocket_frames_sent_total", "Frames handed to sockets or their queues")),
      bytes_sent_(registry.counter("orbit_websocket_bytes_sent_total", "Bytes written to sockets")),
      writes_(registry.counter("orbit_websocket_writes_total", "Calls that wrote to a socket")),
      frames_received_(registry.counter("orbit_websocket_frames_received_total", "Messages and control frames read")),
      bytes_received_(registry.counter("orbit_websocket_bytes_received_total", "Bytes read from sockets")),
      frames_dropped_(registry.counter("orbit_websocket_frames_dropped_total",
                                       "Frames dropped because a queue was full", {{"at", "socket"}})),
      frames_skipped_(registry.counter("orbit_websocket_frames_skipped_total",
                                       "Runs of latest values withheld from sockets with bytes waiting")),
      queued_connections_(registry.gauge("orbit_websocket_queued_connections", "Sockets that bytes wait for")),
      commit_to_socket_(registry.histogram(
          "orbit_commit_to_socket_seconds",
          "From a commit on this node until a shard has written what it tells to its sockets, once for each shard")) {
  registry.gauge("orbit_websocket_connections_limit", "WebSocket connections that all shards take together")
      .add(static_cast<std::int64_t>(max_connections));
  for (std::size_t i = 0; i < causes; ++i) {
    closed_[i] = &registry.counter("orbit_websocket_closed_total", "WebSockets that stopped being open, by cause",
                                   {{"cause", name_of(static_cast<CloseCause>(i))}});
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
  move(tally.queued_connections, queued_connections_);
}

}  // namespace orbit::websocket
