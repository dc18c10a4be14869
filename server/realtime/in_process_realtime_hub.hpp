// InProcessRealtimeHub: the hub of one node. Its registry says which sockets are on which channel, and so which shards
// a broadcast goes to; the walk over the sockets is the shards' own. Any thread: one mutex protects the registry, and
// shards are told under it, so that they hear of subscriptions and broadcasts in one order.
#pragma once

#include <boost/container/small_vector.hpp>
#include <cstdint>
#include <mutex>
#include <unordered_map>
#include <unordered_set>
#include <vector>

#include "kernel/metrics.hpp"
#include "realtime/realtime_hub.hpp"

namespace orbit::realtime {

/// Hears which channels have subscribers, on whichever thread subscribed, with the hub's mutex held: it may not call
/// the hub.
class ChannelListener {
 public:
  virtual ~ChannelListener() = default;
  virtual void channel_opened(std::string_view channel) = 0;
  virtual void channel_closed(std::string_view channel) = 0;
};

class InProcessRealtimeHub final : public RealtimeHub {
 public:
  explicit InProcessRealtimeHub(kernel::MetricsRegistry& metrics);

  /// Before the first socket; nullptr for none.
  void set_channel_listener(ChannelListener* listener) { channel_listener_ = listener; }

  /// Of all sockets, each once.
  [[nodiscard]] std::vector<kernel::SessionId> sessions() const;

  /// Workspaces with sockets here and how many, those with most first, at most `limit`.
  [[nodiscard]] std::vector<std::pair<kernel::WorkspaceId, std::size_t>> busiest_workspaces(std::size_t limit) const;

  void register_socket(const SocketHandle& socket) override;
  void unregister_socket(SocketId socket) override;
  void subscribe(SocketId socket, std::string_view channel) override;
  void unsubscribe(SocketId socket, std::string_view channel) override;
  void broadcast(std::string_view channel, const SharedFrame& frame) override;
  void broadcast_many(std::span<const std::string> channels, const SharedFrame& frame) override;

  [[nodiscard]] std::vector<SocketHandle> sockets_for_member(kernel::MemberId member) const override;
  [[nodiscard]] std::vector<SocketHandle> sockets_for_workspace(kernel::WorkspaceId workspace) const override;
  [[nodiscard]] std::vector<std::string> channels_for_socket(SocketId socket) const override;

  void subscribe_member_to_channel(kernel::MemberId member, std::string_view channel) override;
  void unsubscribe_member_from_channel(kernel::MemberId member, std::string_view channel) override;

  void close_member(kernel::MemberId member, CloseCode code, std::string_view reason) override;
  void close_session(kernel::SessionId session, CloseCode code, std::string_view reason) override;
  void close_workspace(kernel::WorkspaceId workspace, CloseCode code, std::string_view reason) override;

  [[nodiscard]] std::size_t socket_count() const override;
  [[nodiscard]] std::size_t channel_count() const override;

 private:
  // Memory for the usual case is in place: most channels are a member's own, most members and sessions have one tab.
  struct Channel {
    const std::string* name = nullptr;  // the key in index_by_name_
    boost::container::small_vector<std::pair<FanoutShard*, std::uint32_t>, 1>
        subscribers;  // on each shard, none with 0
  };

  struct Socket {
    SocketHandle handle;
    std::size_t place = 0;  // among its workspace's
    boost::container::small_vector<ChannelIndex, 4> channels;
  };

  // Which sockets belong to a member, session or workspace.
  template <class IdType>
  using SocketsOf = std::unordered_map<IdType, boost::container::small_vector<SocketId, 1>>;

  struct NameHash {
    using is_transparent = void;
    std::size_t operator()(std::string_view name) const { return std::hash<std::string_view>{}(name); }
  };

  // All of these are called with the mutex held.
  ChannelIndex intern(std::string_view channel);
  void join(Socket& socket, ChannelIndex channel);
  bool leave(Socket& socket, ChannelIndex channel);
  void release_if_empty(ChannelIndex channel);
  void forget(SocketId id);
  void leave_workspace(const Socket& socket);
  template <class IdType>
  std::vector<SocketHandle> handles(const SocketsOf<IdType>& table, IdType id) const;
  template <class IdType>
  void close_all(const SocketsOf<IdType>& table, IdType id, CloseCode code, std::string_view reason);

  kernel::Metric& sockets_gauge_;
  kernel::Metric& channels_gauge_;
  kernel::Metric& broadcasts_counter_;
  ChannelListener* channel_listener_ = nullptr;

  mutable std::mutex mutex_;  // protects the registry: all that follows
  std::unordered_map<SocketId, Socket> sockets_;
  SocketsOf<kernel::MemberId> by_member_;
  SocketsOf<kernel::SessionId> by_session_;
  SocketsOf<kernel::WorkspaceId> by_workspace_;
  std::unordered_map<std::string, ChannelIndex, NameHash, std::equal_to<>> index_by_name_;
  std::vector<Channel> channels_;
  std::vector<ChannelIndex> free_indices_;
};

}  // namespace orbit::realtime
