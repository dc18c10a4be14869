// NodeControl: what the operator API can see of the running node and do to it. The app room implements it. Called on
// workers; may wait a moment for the threads that know.
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "catalog/dto.hpp"
#include "kernel/error.hpp"

namespace orbit::http {

/// Per second, over the last few seconds.
struct NodeRates {
  double frames_sent = 0;
  double bytes_sent = 0;
  double frames_received = 0;
  double events_published = 0;
  double commits = 0;
  double requests = 0;
  double sockets_opened = 0;
};

/// Of the workspaces with sockets on this node.
struct RelayLag {
  std::uint64_t events = 0;    // committed and not published yet
  std::size_t workspaces = 0;  // that have such events
  std::size_t looked_at = 0;   // workspaces that this was found out of
};

struct PeerStatus {
  std::string name;
  std::string incarnation;
};

struct BusyWorkspace {
  std::string slug;
  std::string name;
  std::size_t sockets = 0;  // on this node
  std::size_t online = 0;   // members, on all nodes
};

struct NodeStatus {
  std::string node;
  std::string version;
  kernel::Timestamp started_at;
  std::chrono::milliseconds uptime{0};
  std::uint64_t resident_bytes = 0;
  std::string database;  // "sqlite", "postgresql"
  std::size_t connections = 0;
  std::size_t channels = 0;
  std::size_t rooms = 0;
  std::uint64_t queued_bytes = 0;
  std::size_t commands_waiting = 0;
  NodeRates rates;
  RelayLag relay_lag;
  double realtime_delay_ms = 0;  // how long this question waited for the realtime thread
  std::string backplane;         // "none" …
  bool backplane_connected = false;
  std::vector<PeerStatus> peers;
  std::vector<BusyWorkspace> top_workspaces;  // most sockets first
};

struct SocketStatus {
  std::string id;  // unique for the life of the node
  kernel::MemberId member;
  kernel::UserId user;
  kernel::SessionId session;
  std::size_t shard = 0;
  std::string address;  // of the peer, which may be a proxy
  kernel::Timestamp since;
  std::size_t queued_bytes = 0;
  std::vector<std::string> rooms;
};

struct SocketList {
  std::size_t count = 0;  // on this node
  std::vector<SocketStatus> sockets;
};

struct RoomMessage {
  kernel::WorkspaceId workspace;
  std::string room;
  kernel::MemberId member;  // nil for nobody
  std::string kind;
  catalog::RawJson payload;
};

class NodeControl {
 public:
  virtual ~NodeControl() = default;

  /// "a", or where the node listens.
  [[nodiscard]] virtual std::string node_name() const = 0;

  /// Errors, here and below: unavailable "node.overloaded", where the threads that know don't answer in time.
  [[nodiscard]] virtual kernel::Result<NodeStatus> status() = 0;

  /// At most `limit` of them.
  [[nodiscard]] virtual kernel::Result<SocketList> sockets(kernel::WorkspaceId workspace, std::size_t limit) = 0;

  /// Of all nodes, as far as this one hears them.
  [[nodiscard]] virtual kernel::Result<std::vector<catalog::PresenceDTO>> presence(kernel::WorkspaceId workspace) = 0;

  /// Closes the member's sockets on all nodes with 1001; says how many there were on this one.
  [[nodiscard]] virtual kernel::Result<std::size_t> disconnect(kernel::MemberId member) = 0;

  /// Tells all who are in the room, on all nodes. Error: not_found "room.unknown".
  [[nodiscard]] virtual kernel::Result<> publish(const RoomMessage& message) = 0;
};

}  // namespace orbit::http
