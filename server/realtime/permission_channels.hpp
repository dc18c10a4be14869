// PermissionChannels: keeps each socket on workspace:{id}:{permission} for just the permissions that its member holds.
// Belongs to the realtime thread.
#pragma once

#include "realtime/realtime_hub.hpp"
#include "workspaces/role.hpp"

namespace orbit::realtime {

class PermissionChannels {
 public:
  explicit PermissionChannels(RealtimeHub& hub) : hub_(hub) {}

  void subscribe(const SocketHandle& socket, const workspaces::Permissions& permissions);

  /// Takes the member's sockets off the channels whose permission they no longer hold.
  void revoke(kernel::WorkspaceId workspace, kernel::MemberId member, const workspaces::Permissions& permissions);

  /// Puts the member's sockets on the channels whose permission they hold now, and returns those that gained one.
  [[nodiscard]] std::vector<SocketHandle> grant(kernel::WorkspaceId workspace, kernel::MemberId member,
                                                const workspaces::Permissions& permissions);

 private:
  RealtimeHub& hub_;
};

}  // namespace orbit::realtime
