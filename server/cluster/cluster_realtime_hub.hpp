// ClusterRealtimeHub: the hub of a node among others. Sockets are this node's own; what is broadcast without a seq on a
// workspace's, a room's or a member's channel reaches those of every node, and so does the end of a session. Frames
// with a seq don't cross here: every node publishes them itself, in their order, see ClusterEventRelay. As callable
// from any thread as the hub below it; what comes from other nodes, comes on the realtime thread.
#pragma once

#include <optional>

#include "cluster/subjects.hpp"
#include "cluster/switchboard.hpp"
#include "realtime/in_process_realtime_hub.hpp"

namespace orbit::cluster {

class ClusterRealtimeHub final : public realtime::RealtimeHub, realtime::ChannelListener {
 public:
  /// Before the switchboard is started, and before the first socket.
  ClusterRealtimeHub(realtime::InProcessRealtimeHub& local, Switchboard& switchboard, const Subjects& subjects,
                     kernel::Scheduler& scheduler, const realtime::FrameEncoder& encoder);
  ClusterRealtimeHub(const ClusterRealtimeHub&) = delete;
  ClusterRealtimeHub& operator=(const ClusterRealtimeHub&) = delete;
  ~ClusterRealtimeHub() override;

  void register_socket(const realtime::SocketHandle& socket) override { local_.register_socket(socket); }
  void unregister_socket(realtime::SocketId socket) override { local_.unregister_socket(socket); }
  void subscribe(realtime::SocketId socket, std::string_view channel) override { local_.subscribe(socket, channel); }
  void unsubscribe(realtime::SocketId socket, std::string_view channel) override {
    local_.unsubscribe(socket, channel);
  }

  /// One frame each, not several joined.
  void broadcast(std::string_view channel, const realtime::SharedFrame& frame) override;
  void broadcast_many(std::span<const std::string> channels, const realtime::SharedFrame& frame) override;

  /// Of this node.
  [[nodiscard]] std::vector<realtime::SocketHandle> sockets_for_member(kernel::MemberId member) const override {
    return local_.sockets_for_member(member);
  }
  [[nodiscard]] std::vector<realtime::SocketHandle> sockets_for_workspace(
      kernel::WorkspaceId workspace) const override {
    return local_.sockets_for_workspace(workspace);
  }
  [[nodiscard]] std::vector<std::string> channels_for_socket(realtime::SocketId socket) const override {
    return local_.channels_for_socket(socket);
  }

  void subscribe_member_to_channel(kernel::MemberId member, std::string_view channel) override {
    local_.subscribe_member_to_channel(member, channel);
  }
  void unsubscribe_member_from_channel(kernel::MemberId member, std::string_view channel) override {
    local_.unsubscribe_member_from_channel(member, channel);
  }

  /// Of this node: each does so where the event says it.
  void close_member(kernel::MemberId member, realtime::CloseCode code, std::string_view reason) override {
    local_.close_member(member, code, reason);
  }
  void close_workspace(kernel::WorkspaceId workspace, realtime::CloseCode code, std::string_view reason) override {
    local_.close_workspace(workspace, code, reason);
  }
  /// Of all nodes.
  void close_session(kernel::SessionId session, realtime::CloseCode code, std::string_view reason) override;

  /// Closes the member's sockets on all nodes with 1001, for this reason: they may come back.
  static constexpr std::string_view sent_away = "sent away by an operator";
  void send_away_member(kernel::MemberId member);

  [[nodiscard]] std::size_t socket_count() const override { return local_.socket_count(); }
  [[nodiscard]] std::size_t channel_count() const override { return local_.channel_count(); }

 private:
  void channel_opened(std::string_view channel) override;
  void channel_closed(std::string_view channel) override;
  /// nullopt where what is broadcast on the channel stays on this node.
  [[nodiscard]] std::optional<std::string> subject_of(std::string_view channel) const;
  bool received_broadcast(const Message& message);
  bool received_session_end(const Message& message);
  bool received_send_away(const Message& message);

  realtime::InProcessRealtimeHub& local_;
  Switchboard& switchboard_;
  const Subjects subjects_;
  kernel::Scheduler& scheduler_;
  const realtime::FrameEncoder& encoder_;
};

}  // namespace orbit::cluster
