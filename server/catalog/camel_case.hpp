// How names change between C++ and the wire. Plain functions: any thread.
#pragma once

#include <string>
#include <string_view>

namespace orbit::catalog {

/// "member_id" -> "memberId"
[[nodiscard]] std::string camel_case(std::string_view snake_case);

/// "workspace.member.role_changed" -> "WorkspaceMemberRoleChanged"
[[nodiscard]] std::string pascal_case(std::string_view wire_type);

}  // namespace orbit::catalog
