// SocketWriter: gets what a turn has for a socket into the kernel, in one write where the peer keeps up, and keeps the
// rest in the socket's bounded queue. Shard's thread.
#pragma once

#include <cstdint>
#include <functional>
#include <span>
#include <string>

#include "websocket/connection_table.hpp"
#include "websocket/poller.hpp"
#include "websocket/send_ring.hpp"
#include "websocket/shard_metrics.hpp"
#include "websocket/turn_buffer.hpp"

namespace orbit::websocket {

class SocketWriter {
 public:
  enum class Outcome : std::uint8_t {
    written,    // nothing waits
    skipped,    // nothing waits any more, but skippable frames were withheld
    caught_up,  // nothing waits any more, but frames without seq were dropped
    waiting,    // the rest follows once the socket takes it: see write_queued
    overflow,   // an open socket's queue is full; what didn't fit is gone: end it
    broken,     // the connection is no more
  };

  SocketWriter(ConnectionTable& table, Poller& poller, ShardMetrics& metrics, std::size_t max_queued);

  /// Writes or queues what the turn has for the slot.
  Outcome write_due(std::uint32_t index, TurnBuffer& turn);

  /// Writes or queues what the turn has for all slots, many sockets at a time, and tells the outcome of each.
  void write_all(SendRing& ring, TurnBuffer& turn, const std::function<void(std::uint32_t, Outcome)>& conclude);

  /// Goes on with the queue: the socket became writable.
  Outcome write_queued(std::uint32_t index);

  /// Puts one last frame in the place of all in the queue of which nothing was written, past any limit. For a slot
  /// whose write_due overflowed.
  void replace_queued(std::uint32_t index, realtime::SharedFrame last);

  /// The slot's queue is going with its connection.
  void forget(std::uint32_t index);

 private:
  Outcome enqueue(std::uint32_t index, std::span<const TurnBuffer::FrameIndex> frames, const TurnBuffer& turn,
                  std::size_t written);
  Outcome settle(const SendRing::Sent& sent, TurnBuffer& turn);
  void tally_write(std::size_t bytes);
  bool make_room(Connection& connection, std::size_t cost);

  ConnectionTable& table_;
  Poller& poller_;
  ShardMetrics& metrics_;
  const std::size_t max_queued_;
  std::string scratch_;
};

}  // namespace orbit::websocket
