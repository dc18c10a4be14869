#include "realtime/permission_channels.hpp"

#include <algorithm>

#include "realtime/channel.hpp"

namespace orbit::realtime {

using workspaces::Permissions;

void PermissionChannels::subscribe(const SocketHandle& socket, const Permissions& permissions) {
  for (const auto permission : permissions) {
    hub_.subscribe(socket.id, workspace_channel(socket.identity.workspace, permission));
  }
}

void PermissionChannels::revoke(kernel::WorkspaceId workspace, kernel::MemberId member,
                                const Permissions& permissions) {
  for (const auto permission : catalog::all_permissions) {
    if (!std::ranges::binary_search(permissions, permission)) {
      hub_.unsubscribe_member_from_channel(member, workspace_channel(workspace, permission));
    }
  }
}

std::vector<SocketHandle> PermissionChannels::grant(kernel::WorkspaceId workspace, kernel::MemberId member,
                                                    const Permissions& permissions) {
  std::vector<SocketHandle> gained;
  for (const SocketHandle& socket : hub_.sockets_for_member(member)) {
    const auto present = hub_.channels_for_socket(socket.id);
    bool gains = false;
    for (const auto permission : permissions) {
      const std::string channel = workspace_channel(workspace, permission);
      if (std::ranges::find(present, channel) != present.end()) continue;
      hub_.subscribe(socket.id, channel);
      gains = true;
    }
    if (gains) gained.push_back(socket);
  }
  return gained;
}

}  // namespace orbit::realtime
