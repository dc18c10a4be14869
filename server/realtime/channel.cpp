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

std::string roster_channel(kernel::WorkspaceId workspace) { return "presence:" + workspace.str() + ":roster"; }

std::string count_channel(kernel::WorkspaceId workspace) { return "presence:" + workspace.str() + ":count"; }

std::string watch_channel(kernel::WorkspaceId workspace, kernel::MemberId member) {
  return "presence:" + workspace.str() + ":" + member.str();
}

}  // namespace orbit::realtime
