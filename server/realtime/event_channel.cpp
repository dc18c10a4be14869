#include "realtime/event_channel.hpp"

#include <stdexcept>

namespace orbit::realtime {

std::string channel_of(const catalog::ServerEvent& event, kernel::WorkspaceId workspace) {
  const catalog::Audience audience = std::visit([](const auto& held) { return held.audience; }, event);
  switch (audience) {
    case catalog::Audience::workspace:
      return workspace_channel(workspace);
    case catalog::Audience::inviters:
      return workspace_channel(workspace, catalog::Permission::workspace_members_invite);
    case catalog::Audience::socket:
    case catalog::Audience::room:
      break;
  }
  throw std::logic_error("this event is not for the channels of a workspace");
}

}  // namespace orbit::realtime
