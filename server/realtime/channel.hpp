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

/// Of presence in a workspace: who is told of everyone, who is told how many, who watches that member. Inside the
/// workspace, so that watching another's member tells nothing.
[[nodiscard]] std::string roster_channel(kernel::WorkspaceId workspace);
[[nodiscard]] std::string count_channel(kernel::WorkspaceId workspace);
[[nodiscard]] std::string watch_channel(kernel::WorkspaceId workspace, kernel::MemberId member);

}  // namespace orbit::realtime
