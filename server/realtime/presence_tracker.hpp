// PresenceTracker: who is online, from the sockets that come and go here, and from what other nodes say of theirs.
// Belongs to the realtime thread.
#pragma once

#include <chrono>
#include <unordered_map>
#include <vector>

#include "catalog/dto.hpp"
#include "kernel/metrics.hpp"
#include "kernel/scheduler.hpp"
#include "realtime/former_members.hpp"
#include "realtime/node_incarnation.hpp"
#include "realtime/socket_handle.hpp"

namespace orbit::realtime {

/// Hears what changes, on the realtime thread, once the tracker knows it. PresenceFeed is the one there is.
class PresenceListener {
 public:
  virtual ~PresenceListener() = default;

  /// A transition: online, away, offline. `presence.last_seen_at` is when it happened.
  virtual void changed(kernel::WorkspaceId workspace, const catalog::PresenceDTO& presence) = 0;

  /// A membership ended, or a workspace with all of them.
  virtual void forgotten(kernel::WorkspaceId workspace, kernel::MemberId member) = 0;
  virtual void forgotten(kernel::WorkspaceId workspace) = 0;
};

/// Hears how members stand by the sockets of this node alone, on the realtime thread: what other nodes are to know.
class OwnPresenceListener {
 public:
  virtual ~OwnPresenceListener() = default;

  /// Offline once the grace is over, and where the membership ended.
  virtual void own_changed(kernel::WorkspaceId workspace, kernel::MemberId member, catalog::PresenceStatus own) = 0;
};

class PresenceTracker {
 public:
  /// `grace` is how long a member whose last socket is gone still counts as online; 0 for not at all.
  PresenceTracker(kernel::Scheduler& scheduler, const kernel::Clock& clock, std::chrono::milliseconds grace,
                  PresenceListener& listener, kernel::MetricsRegistry& metrics);

  PresenceTracker(const PresenceTracker&) = delete;
  PresenceTracker& operator=(const PresenceTracker&) = delete;
  ~PresenceTracker();

  /// Outlives the last socket; nullptr for none, as at first.
  void set_own_listener(OwnPresenceListener* listener) { own_listener_ = listener; }

  /// A new socket is not away.
  void connect(kernel::WorkspaceId workspace, kernel::MemberId member, SocketId socket);
  void disconnect(kernel::WorkspaceId workspace, kernel::MemberId member, SocketId socket);
  void set_away(kernel::WorkspaceId workspace, kernel::MemberId member, SocketId socket, bool away);

  /// How a member stands by the sockets of another node. Of all nodes, this one included, the highest counts: online,
  /// then away, then offline. Of members who are forgotten, whatever a node that doesn't know it yet says.
  void set_elsewhere(kernel::WorkspaceId workspace, kernel::MemberId member, const NodeIncarnation& node,
                     catalog::PresenceStatus status);

  /// Nobody here looks at the workspace any more: what other nodes said of it is forgotten, without a transition.
  void forget_elsewhere(kernel::WorkspaceId workspace);

  /// The membership ended: forgotten without a transition, since another event says so.
  void forget(kernel::WorkspaceId workspace, kernel::MemberId member);
  void forget(kernel::WorkspaceId workspace);

  /// The members that are online or away, and those seen here since the workspace last stood empty.
  [[nodiscard]] std::vector<catalog::PresenceDTO> roster(kernel::WorkspaceId workspace) const;

  /// How many members are online or away.
  [[nodiscard]] std::size_t online(kernel::WorkspaceId workspace) const;

  /// Offline for whoever is not known.
  [[nodiscard]] catalog::PresenceDTO presence(kernel::WorkspaceId workspace, kernel::MemberId member) const;

 private:
  struct Tab {
    SocketId socket;
    bool away;
  };

  struct Elsewhere {
    NodeIncarnation node;
    catalog::PresenceStatus status;
  };

  struct Member {
    std::vector<Tab> tabs;
    catalog::PresenceStatus own = catalog::PresenceStatus::offline;  // by the tabs, and the grace
    std::vector<Elsewhere> elsewhere;                                // of nodes where they are not offline
    catalog::PresenceStatus told = catalog::PresenceStatus::offline;
    std::optional<kernel::Timestamp> last_seen_at;
    kernel::TimerId grace_timer = 0;
  };

  struct Workspace {
    std::unordered_map<kernel::MemberId, Member> members;
    std::size_t online = 0;  // of them, those not told offline
  };

  void update_own(kernel::WorkspaceId workspace, kernel::MemberId id, Member& member);
  void merge(kernel::WorkspaceId workspace, kernel::MemberId id, Member& member);
  void count(Workspace& present, bool online);
  void tell_own(kernel::WorkspaceId workspace, kernel::MemberId id, catalog::PresenceStatus own);
  void grace_over(kernel::WorkspaceId workspace, kernel::MemberId id);
  void cancel_grace(Member& member);
  void drop_if_deserted(kernel::WorkspaceId workspace);
  [[nodiscard]] Member* find(kernel::WorkspaceId workspace, kernel::MemberId member);
  [[nodiscard]] static catalog::PresenceDTO describe(kernel::MemberId id, const Member& member);

  kernel::Scheduler& scheduler_;
  const kernel::Clock& clock_;
  const std::chrono::milliseconds grace_;
  PresenceListener& listener_;
  kernel::Metric& online_gauge_;
  OwnPresenceListener* own_listener_ = nullptr;
  FormerMembers former_;
  std::unordered_map<kernel::WorkspaceId, Workspace> workspaces_;  // only those where somebody is online
};

}  // namespace orbit::realtime
