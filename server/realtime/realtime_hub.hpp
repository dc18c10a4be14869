// RealtimeHub: pub/sub from channels to sockets. Callable from any thread; of two calls that one thread makes, sockets
// see the first one's effect first. InProcessRealtimeHub is the hub of one node.
#pragma once

#include <cstddef>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "realtime/socket_handle.hpp"

namespace orbit::realtime {

class RealtimeHub {
 public:
  virtual ~RealtimeHub() = default;

  virtual void register_socket(const SocketHandle& socket) = 0;

  /// Forgets the socket and its subscriptions. Unknown ids are ignored, here and below.
  virtual void unregister_socket(SocketId socket) = 0;

  /// Subscribing twice is the same as once.
  virtual void subscribe(SocketId socket, std::string_view channel) = 0;
  virtual void unsubscribe(SocketId socket, std::string_view channel) = 0;

  virtual void broadcast(std::string_view channel, const SharedFrame& frame) = 0;

  /// A socket on several of the channels gets the frame once.
  virtual void broadcast_many(std::span<const std::string> channels, const SharedFrame& frame) = 0;

  [[nodiscard]] virtual std::vector<SocketHandle> sockets_for_member(kernel::MemberId member) const = 0;
  [[nodiscard]] virtual std::vector<SocketHandle> sockets_for_workspace(kernel::WorkspaceId workspace) const = 0;
  [[nodiscard]] virtual std::vector<std::string> channels_for_socket(SocketId socket) const = 0;

  virtual void subscribe_member_to_channel(kernel::MemberId member, std::string_view channel) = 0;
  virtual void unsubscribe_member_from_channel(kernel::MemberId member, std::string_view channel) = 0;

  /// Closes every socket of the member, session or workspace after what was broadcast before, and unregisters it:
  /// nothing that is broadcast later reaches it.
  virtual void close_member(kernel::MemberId member, CloseCode code, std::string_view reason) = 0;
  virtual void close_session(kernel::SessionId session, CloseCode code, std::string_view reason) = 0;
  virtual void close_workspace(kernel::WorkspaceId workspace, CloseCode code, std::string_view reason) = 0;

  [[nodiscard]] virtual std::size_t socket_count() const = 0;
  [[nodiscard]] virtual std::size_t channel_count() const = 0;
};

}  // namespace orbit::realtime
