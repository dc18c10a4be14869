// SocketEvents: what an I/O thread tells the realtime room about its sockets. RealtimeGateway is the one there is.
// Called on the socket's shard thread; never blocks it.
#pragma once

#include <optional>
#include <string_view>

#include "realtime/socket_handle.hpp"
#include "realtime/stream_cursor.hpp"

namespace orbit::realtime {

class SocketEvents {
 public:
  virtual ~SocketEvents() = default;

  /// The handshake was answered with 101. The identity is as it was when the handshake was admitted; it is checked
  /// again before the socket gets its hello.
  /// With a cursor, the tab wants to go on from there.
  virtual void opened(const SocketHandle& socket, const std::optional<StreamCursor>& cursor) = 0;

  /// One whole text message, valid UTF-8, within the size and rate limits.
  virtual void received(const SocketHandle& socket, std::string_view text) = 0;

  /// Frames without seq that were meant for the socket were dropped, since its peer was slow; it has caught up with the
  /// rest now, and should be told what is so.
  virtual void caught_up(const SocketHandle& socket) = 0;

  /// Only skippable frames were withheld from the socket, since bytes waited for its peer; it has caught up now, and
  /// should be told what they would have said.
  virtual void skipped(const SocketHandle& socket) = 0;

  /// Broadcasts without seq were dropped, since a shard was behind: any of its sockets may have missed some.
  virtual void broadcasts_dropped() = 0;

  /// The socket is gone, for whatever reason. Called once for each opened, after it.
  virtual void closed(const SocketHandle& socket) = 0;
};

}  // namespace orbit::realtime
