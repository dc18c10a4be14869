// Which channel a ServerEvent goes to. Plain function: any thread.
#pragma once

#include "catalog/server_event.hpp"
#include "realtime/channel.hpp"

namespace orbit::realtime {

/// For events with an audience in a workspace. Those for one connection or a room are sent there, not broadcast here:
/// passing one is a mistake, and throws std::logic_error.
[[nodiscard]] std::string channel_of(const catalog::ServerEvent& event, kernel::WorkspaceId workspace);

}  // namespace orbit::realtime
