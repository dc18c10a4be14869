// ConnectionTable: a shard's connections in flat arrays, by slot. What every write touches lies close together; the
// rest lies apart. Shard's thread.
#pragma once

#include <cstdint>
#include <memory>
#include <vector>

#include "realtime/socket_handle.hpp"
#include "websocket/frame_parser.hpp"
#include "websocket/outbound_queue.hpp"
#include "websocket/rate_limit.hpp"

namespace orbit::websocket {

enum class Phase : std::uint8_t {
  vacant,     // the slot holds no connection
  open,       // only now does it get frames and report messages
  closing,    // our close frame is on its way; the peer's is awaited
  answering,  // the peer's close frame has come; ends once ours is written
  failing,    // the peer broke a rule: our close frame is on its way, nothing more is read
};

/// What a write needs.
struct Outlet {
  int descriptor = -1;
  std::uint32_t generation = 0;
  Phase phase = Phase::vacant;
  bool queued = false;      // frames wait in the connection's queue
  bool unanswered = false;  // nothing was received since the last ping
  bool deflates = false;    // permessage-deflate was agreed on
};

struct Connection {
  realtime::SocketId id;
  realtime::SocketIdentity identity;
  FrameParser parser;
  RateLimit rate;
  std::unique_ptr<OutboundQueue> queue;  // while the outlet is queued
  std::shared_ptr<void> lease;           // of whoever counts connections
  kernel::Timestamp opened_at{};
};

class ConnectionTable {
 public:
  /// Gives the connection a slot, in phase open. Takes no ownership of the descriptor.
  realtime::SocketSlot insert(int descriptor, bool deflates, Connection connection);

  /// Frees the slot for a later generation.
  void erase(std::uint32_t index);

  /// Whether the slot's present connection is the one that is meant, and open.
  [[nodiscard]] bool is_open(realtime::SocketSlot slot) const {
    return is_present(slot) && outlets_[slot.index].phase == Phase::open;
  }
  [[nodiscard]] bool is_present(realtime::SocketSlot slot) const {
    return slot.index < outlets_.size() && outlets_[slot.index].generation == slot.generation &&
           outlets_[slot.index].phase != Phase::vacant;
  }

  [[nodiscard]] Outlet& outlet(std::uint32_t index) { return outlets_[index]; }
  [[nodiscard]] Connection& connection(std::uint32_t index) { return *connections_[index]; }
  [[nodiscard]] realtime::SocketSlot slot(std::uint32_t index) const { return {index, outlets_[index].generation}; }

  /// One past the highest slot in use so far.
  [[nodiscard]] std::uint32_t size() const { return static_cast<std::uint32_t>(outlets_.size()); }

  /// How many slots hold a connection.
  [[nodiscard]] std::size_t count() const { return outlets_.size() - free_.size(); }

 private:
  std::vector<Outlet> outlets_;
  std::vector<std::optional<Connection>> connections_;
  std::vector<std::uint32_t> free_;
};

}  // namespace orbit::websocket
