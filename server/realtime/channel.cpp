#include "realtime/channel.hpp"

namespace orbit::realtime {

std::string workspace_channel(kernel::WorkspaceId workspace) { return "workspace:" + workspace.str(); }

std::string workspace_channel(kernel::WorkspaceId workspace, catalog::Permission permission) {
  return workspace_channel(workspace) + ":" + std::string(catalog::wire_name(permission));
}

std::string member_channel(kernel::MemberId member) { return "member:" + member.str(); }

std::string room_channel(kernel::WorkspaceId workspace, std::string_view room) {
  return "room:" + workspace.str() + ":" + std::string(room);
}

}  // namespace orbit::realtime
