// SocketHandle: what the hub knows of a socket; FanoutShard: the I/O thread that it lives on.
// Handles are values. A shard's calls may come from any thread and take effect on its own, in the order of the calls.
#pragma once

#include <cstdint>
#include <span>
#include <string_view>

#include "kernel/id.hpp"
#include "realtime/frame.hpp"

namespace orbit::realtime {

/// Unique for the life of the process, never reused.
using SocketId = std::uint64_t;

/// An interned channel: an index that the hub gives to a channel while it has subscribers, and may give to another
/// later.
using ChannelIndex = std::uint32_t;

/// A socket's place in its shard. The generation tells a slot's present socket from the ones before it.
struct SocketSlot {
  std::uint32_t index = 0;
  std::uint32_t generation = 0;
  bool operator==(const SocketSlot&) const = default;
};

enum class CloseCode : std::uint16_t {
  done = 1000,
  going_away = 1001,
  protocol_error = 1002,
  binary_refused = 1003,
  invalid_payload = 1007,
  policy = 1008,
  too_big = 1009,
  internal_error = 1011,
  restarting = 1012,
  session_ended = 4401,
  membership_ended = 4403,
  too_slow = 4408,
  too_many = 4429,
};

/// Calls about a slot whose generation has passed are ignored.
class FanoutShard {
 public:
  virtual ~FanoutShard() = default;

  virtual void subscribe(SocketSlot slot, ChannelIndex channel) = 0;
  virtual void unsubscribe(SocketSlot slot, ChannelIndex channel) = 0;

  /// Sends to each socket of this shard on any of the channels, once.
  virtual void broadcast(std::span<const ChannelIndex> channels, SharedFrame frame) = 0;

  virtual void send(SocketSlot slot, SharedFrame frame) = 0;

  /// Leaves all channels, sends what was sent before, then the close frame, and nothing after it.
  virtual void close(SocketSlot slot, CloseCode code, std::string_view reason) = 0;
};

/// Whose socket it is: fixed when the socket is admitted.
struct SocketIdentity {
  kernel::WorkspaceId workspace;
  kernel::MemberId member;
  kernel::UserId user;
  kernel::SessionId session;
};

struct SocketHandle {
  SocketId id = 0;
  SocketIdentity identity;
  FanoutShard* shard = nullptr;  // outlives every handle
  SocketSlot slot;

  void send(SharedFrame frame) const { shard->send(slot, std::move(frame)); }
  void close(CloseCode code, std::string_view reason) const { shard->close(slot, code, reason); }
};

}  // namespace orbit::realtime
