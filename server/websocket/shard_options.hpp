// The limits and times of a shard. Plain data, fixed when the shard is made.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>

namespace orbit::websocket {

struct ShardOptions {
  /// Tells the node's shards apart: part of every SocketId.
  std::uint16_t number = 0;

  /// Each socket is pinged once in this time, and terminated if no frame came from it since its last ping. Positive.
  std::chrono::milliseconds heartbeat = std::chrono::seconds(25);

  /// How long a closing handshake may take before the connection is dropped.
  std::chrono::milliseconds close_timeout = std::chrono::seconds(5);

  /// Bytes of a client's message; a longer one is refused with 1009.
  std::size_t max_message = 16 * 1024;

  /// Messages and pings of a client: past rate and burst, both at least 1, it is closed with 4429.
  int messages_per_second = 20;
  int message_burst = 40;

  /// Bytes waiting for a socket that takes no more, skippable frames never among them. Past it, frames without seq are
  /// dropped, then the socket is closed with 4408.
  std::size_t max_queued_bytes = 1024 * 1024;

  /// Bytes from which a text for one socket is compressed, if the socket takes that. 0: never.
  std::size_t deflate_from = 1024;

  /// Whether the sends of a turn go to the kernel together (io_uring), where it lets them.
  bool batches_sends = true;

  /// From then on Shard::accepting says no.
  std::size_t max_connections = 20'000;

  /// Calls waiting for the shard's thread. Past it, frames without seq are dropped; past four times as many, all frames
  /// are, and the shard closes its sockets with 4408, so that they come back by their cursors.
  std::size_t max_pending_calls = 64 * 1024;
};

}  // namespace orbit::websocket
