// What can happen to a workspace and what is in it, as its log keeps it. Plain data: any thread.
#pragma once

#include <string_view>

#include "kernel/domain_event.hpp"

namespace orbit::workspaces {

struct WorkspaceCreated {
  static constexpr std::string_view type = "workspaces.workspace.created";
};
BOOST_DESCRIBE_STRUCT(WorkspaceCreated, (), ())

struct WorkspaceUpdated {
  static constexpr std::string_view type = "workspaces.workspace.updated";
};
BOOST_DESCRIBE_STRUCT(WorkspaceUpdated, (), ())

struct WorkspaceDeleted {
  static constexpr std::string_view type = "workspaces.workspace.deleted";
};
BOOST_DESCRIBE_STRUCT(WorkspaceDeleted, (), ())

struct MemberJoined {
  static constexpr std::string_view type = "workspaces.member.joined";
  kernel::MemberId member_id;
};
BOOST_DESCRIBE_STRUCT(MemberJoined, (), (member_id))

struct MemberRoleChanged {
  static constexpr std::string_view type = "workspaces.member.role_changed";
  kernel::MemberId member_id;
};
BOOST_DESCRIBE_STRUCT(MemberRoleChanged, (), (member_id))

struct MemberUpdated {
  static constexpr std::string_view type = "workspaces.member.updated";
  kernel::MemberId member_id;
};
BOOST_DESCRIBE_STRUCT(MemberUpdated, (), (member_id))

struct MemberLeft {
  static constexpr std::string_view type = "workspaces.member.left";
  kernel::MemberId member_id;
};
BOOST_DESCRIBE_STRUCT(MemberLeft, (), (member_id))

struct RoleCreated {
  static constexpr std::string_view type = "workspaces.role.created";
  kernel::RoleId role_id;
};
BOOST_DESCRIBE_STRUCT(RoleCreated, (), (role_id))

struct RoleUpdated {
  static constexpr std::string_view type = "workspaces.role.updated";
  kernel::RoleId role_id;
};
BOOST_DESCRIBE_STRUCT(RoleUpdated, (), (role_id))

struct RoleDeleted {
  static constexpr std::string_view type = "workspaces.role.deleted";
  kernel::RoleId role_id;
};
BOOST_DESCRIBE_STRUCT(RoleDeleted, (), (role_id))

struct InviteCreated {
  static constexpr std::string_view type = "workspaces.invite.created";
  kernel::InviteId invite_id;
};
BOOST_DESCRIBE_STRUCT(InviteCreated, (), (invite_id))

struct InviteRevoked {
  static constexpr std::string_view type = "workspaces.invite.revoked";
  kernel::InviteId invite_id;
};
BOOST_DESCRIBE_STRUCT(InviteRevoked, (), (invite_id))

struct InviteAccepted {
  static constexpr std::string_view type = "workspaces.invite.accepted";
  kernel::InviteId invite_id;
};
BOOST_DESCRIBE_STRUCT(InviteAccepted, (), (invite_id))

struct TeamCreated {
  static constexpr std::string_view type = "workspaces.team.created";
  kernel::TeamId team_id;
};
BOOST_DESCRIBE_STRUCT(TeamCreated, (), (team_id))

struct TeamUpdated {
  static constexpr std::string_view type = "workspaces.team.updated";
  kernel::TeamId team_id;
};
BOOST_DESCRIBE_STRUCT(TeamUpdated, (), (team_id))

struct TeamDeleted {
  static constexpr std::string_view type = "workspaces.team.deleted";
  kernel::TeamId team_id;
};
BOOST_DESCRIBE_STRUCT(TeamDeleted, (), (team_id))

struct TeamMemberAdded {
  static constexpr std::string_view type = "workspaces.team.member_added";
  kernel::TeamId team_id;
  kernel::MemberId member_id;
};
BOOST_DESCRIBE_STRUCT(TeamMemberAdded, (), (team_id, member_id))

struct TeamMemberRemoved {
  static constexpr std::string_view type = "workspaces.team.member_removed";
  kernel::TeamId team_id;
  kernel::MemberId member_id;
};
BOOST_DESCRIBE_STRUCT(TeamMemberRemoved, (), (team_id, member_id))

using Events =
    kernel::EventList<WorkspaceCreated, WorkspaceUpdated, WorkspaceDeleted, MemberJoined, MemberRoleChanged,
                      MemberUpdated, MemberLeft, RoleCreated, RoleUpdated, RoleDeleted, InviteCreated, InviteRevoked,
                      InviteAccepted, TeamCreated, TeamUpdated, TeamDeleted, TeamMemberAdded, TeamMemberRemoved>;

}  // namespace orbit::workspaces
