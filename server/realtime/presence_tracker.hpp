// PresenceTracker: who is online, from the sockets that come and go. Belongs to the realtime thread.
#pragma once

#include <chrono>
#include <functional>
#include <unordered_map>
#include <vector>

#include "catalog/dto.hpp"
#include "kernel/scheduler.hpp"
#include "realtime/socket_handle.hpp"

namespace orbit::realtime {

class PresenceTracker {
 public:
  /// Told of each transition: online, away, offline. `presence.last_seen_at` is when it happened.
  using Listener = std::function<void(kernel::WorkspaceId, const catalog::PresenceDTO&)>;

  /// `grace` is how long a member whose last socket is gone still counts as online; 0 for not at all.
  PresenceTracker(kernel::Scheduler& scheduler, const kernel::Clock& clock, std::chrono::milliseconds grace,
                  Listener listener);

  PresenceTracker(const PresenceTracker&) = delete;
  PresenceTracker& operator=(const PresenceTracker&) = delete;
  ~PresenceTracker();

  /// A new socket is not away.
  void connect(kernel::WorkspaceId workspace, kernel::MemberId member, SocketId socket);
  void disconnect(kernel::WorkspaceId workspace, kernel::MemberId member, SocketId socket);
  void set_away(kernel::WorkspaceId workspace, kernel::MemberId member, SocketId socket, bool away);

  /// The membership ended: forgotten without a transition, since another event says so.
  void forget(kernel::WorkspaceId workspace, kernel::MemberId member);
  void forget(kernel::WorkspaceId workspace);

  /// The members that are online or away, and those seen here since the workspace last stood empty.
  [[nodiscard]] std::vector<catalog::PresenceDTO> roster(kernel::WorkspaceId workspace) const;

  /// The same as JSON, made once for each change. Valid until the next call.
  [[nodiscard]] const std::string& roster_json(kernel::WorkspaceId workspace);

  /// Those where somebody is online.
  [[nodiscard]] std::vector<kernel::WorkspaceId> workspaces() const;

  /// Offline for whoever is not known.
  [[nodiscard]] catalog::PresenceDTO presence(kernel::WorkspaceId workspace, kernel::MemberId member) const;

 private:
  struct Tab {
    SocketId socket;
    bool away;
  };

  struct Member {
    std::vector<Tab> tabs;
    catalog::PresenceStatus told = catalog::PresenceStatus::offline;
    std::optional<kernel::Timestamp> last_seen_at;
    kernel::TimerId grace_timer = 0;
  };

  using Members = std::unordered_map<kernel::MemberId, Member>;

  void update(kernel::WorkspaceId workspace, kernel::MemberId id, Member& member);
  void grace_over(kernel::WorkspaceId workspace, kernel::MemberId id);
  void cancel_grace(Member& member);
  void drop_if_deserted(kernel::WorkspaceId workspace);
  [[nodiscard]] Member* find(kernel::WorkspaceId workspace, kernel::MemberId member);
  [[nodiscard]] static catalog::PresenceDTO describe(kernel::MemberId id, const Member& member);

  kernel::Scheduler& scheduler_;
  const kernel::Clock& clock_;
  const std::chrono::milliseconds grace_;
  Listener listener_;
  std::unordered_map<kernel::WorkspaceId, Members> workspaces_;       // only those where somebody is online
  std::unordered_map<kernel::WorkspaceId, std::string> roster_json_;  // only those where nothing changed since
};

}  // namespace orbit::realtime
