// The names of channels. Plain functions: any thread.
#pragma once

#include <string>
#include <string_view>

#include "catalog/vocabulary.hpp"
#include "kernel/id.hpp"

namespace orbit::realtime {

[[nodiscard]] std::string workspace_channel(kernel::WorkspaceId workspace);

/// For those whose role holds the permission: "workspace:{id}:{permission}".
[[nodiscard]] std::string workspace_channel(kernel::WorkspaceId workspace, catalog::Permission permission);

[[nodiscard]] std::string member_channel(kernel::MemberId member);

/// Inside its workspace, so that no room's name reaches into another's: "room:{workspace id}:{room}".
[[nodiscard]] std::string room_channel(kernel::WorkspaceId workspace, std::string_view room);

}  // namespace orbit::realtime
