#include "workspaces/projection.hpp"

#include <unordered_map>

namespace orbit::workspaces {

using catalog::TeamDTO;
using catalog::WorkspaceDTO;
using catalog::WorkspaceInviteDTO;
using catalog::WorkspaceMemberDTO;
using catalog::WorkspaceRoleDTO;
using catalog::WorkspaceSummaryDTO;

WorkspaceDTO to_dto(const Workspace::State& workspace) {
  return {workspace.id, workspace.slug, workspace.name, workspace.owner_id, workspace.created_at};
}

WorkspaceRoleDTO to_dto(const Role::State& role) {
  WorkspaceRoleDTO dto;
  dto.id = role.id;
  dto.workspace_id = role.workspace_id;
  dto.name = role.name;
  dto.description = role.description;
  dto.is_system = role.system_key.has_value();
  dto.system_key = role.system_key;
  dto.sort_order = role.sort_order;
  dto.permissions = role.permissions;
  dto.created_at = role.created_at;
  return dto;
}

WorkspaceMemberDTO to_dto(const MemberProfile& profile, const Role::State& role) {
  const Member::State& member = profile.member;
  return {member.id,     member.workspace_id, member.user_id, profile.name,
          profile.email, to_dto(role),        member.tone,    member.created_at};
}

WorkspaceInviteDTO to_dto(const Invite::State& invite, const std::optional<Role::State>& role) {
  return {invite.id,
          invite.workspace_id,
          invite.email,
          invite.invited_by_id,
          role ? std::optional(to_dto(*role)) : std::nullopt,
          invite.created_at,
          invite.accepted_at,
          invite.revoked_at};
}

TeamDTO to_dto(const Team::State& team) {
  return {team.id, team.workspace_id, team.name, team.member_ids, team.created_at};
}

WorkspaceSummaryDTO to_summary(const Workspace::State& workspace) {
  return {workspace.id, workspace.slug, workspace.name};
}

namespace {

using RolesById = std::unordered_map<kernel::RoleId, Role::State>;

RolesById by_id(std::vector<Role::State> roles) {
  RolesById table;
  for (Role::State& role : roles) table.emplace(role.id, std::move(role));
  return table;
}

std::optional<Role::State> role_in(const RolesById& roles, const std::optional<kernel::RoleId>& id) {
  if (!id) return std::nullopt;
  const auto found = roles.find(*id);
  return found == roles.end() ? std::nullopt : std::optional(found->second);
}

}  // namespace

std::optional<WorkspaceDTO> WorkspaceProjection::workspace(const Context& context, kernel::WorkspaceId id) const {
  const auto found = repositories_.workspaces.find(context, id);
  return found ? std::optional(to_dto(found->state())) : std::nullopt;
}

std::optional<WorkspaceRoleDTO> WorkspaceProjection::role(const Context& context, kernel::RoleId id) const {
  const auto found = repositories_.roles.find(context, id);
  return found ? std::optional(to_dto(found->state())) : std::nullopt;
}

std::optional<WorkspaceMemberDTO> WorkspaceProjection::member(const Context& context, kernel::MemberId id) const {
  const auto profile = repositories_.members.find_profile(context, id);
  if (!profile) return std::nullopt;
  const auto role = repositories_.roles.find(context, profile->member.role_id);
  return role ? std::optional(to_dto(*profile, role->state())) : std::nullopt;
}

std::optional<WorkspaceInviteDTO> WorkspaceProjection::invite(const Context& context, kernel::InviteId id) const {
  const auto invite = repositories_.invites.find(context, id);
  if (!invite) return std::nullopt;
  std::optional<Role::State> role;
  if (const auto role_id = invite->state().role_id) {
    if (const auto found = repositories_.roles.find(context, *role_id)) role = found->state();
  }
  return to_dto(invite->state(), role);
}

std::optional<TeamDTO> WorkspaceProjection::team(const Context& context, kernel::TeamId id) const {
  const auto found = repositories_.teams.find(context, id);
  return found ? std::optional(to_dto(found->state())) : std::nullopt;
}

std::vector<WorkspaceMemberDTO> WorkspaceProjection::members(const Context& context,
                                                             kernel::WorkspaceId workspace) const {
  const RolesById roles = by_id(repositories_.roles.list(context, workspace));
  std::vector<WorkspaceMemberDTO> members;
  for (const MemberProfile& profile : repositories_.members.list_profiles(context, workspace)) {
    members.push_back(to_dto(profile, roles.at(profile.member.role_id)));
  }
  return members;
}

std::vector<WorkspaceRoleDTO> WorkspaceProjection::roles(const Context& context, kernel::WorkspaceId workspace) const {
  std::vector<WorkspaceRoleDTO> roles;
  for (const Role::State& role : repositories_.roles.list(context, workspace)) roles.push_back(to_dto(role));
  return roles;
}

std::vector<WorkspaceRoleDTO> WorkspaceProjection::counted_roles(const Context& context,
                                                                 kernel::WorkspaceId workspace) const {
  std::unordered_map<kernel::RoleId, std::uint64_t> holders;
  for (const MemberProfile& profile : repositories_.members.list_profiles(context, workspace)) {
    ++holders[profile.member.role_id];
  }
  auto counted = roles(context, workspace);
  for (WorkspaceRoleDTO& role : counted) role.member_count = holders[role.id];
  return counted;
}

std::vector<WorkspaceInviteDTO> WorkspaceProjection::open_invites(const Context& context, kernel::WorkspaceId workspace,
                                                                  kernel::Timestamp now) const {
  const RolesById roles = by_id(repositories_.roles.list(context, workspace));
  std::vector<WorkspaceInviteDTO> invites;
  for (const Invite::State& invite : repositories_.invites.list_open(context, workspace, now)) {
    invites.push_back(to_dto(invite, role_in(roles, invite.role_id)));
  }
  return invites;
}

std::vector<TeamDTO> WorkspaceProjection::teams(const Context& context, kernel::WorkspaceId workspace) const {
  std::vector<TeamDTO> teams;
  for (const Team::State& team : repositories_.teams.list(context, workspace)) teams.push_back(to_dto(team));
  return teams;
}

std::vector<WorkspaceSummaryDTO> WorkspaceProjection::workspaces_of(const Context& context, kernel::UserId user) const {
  std::vector<WorkspaceSummaryDTO> summaries;
  for (const Workspace::State& workspace : repositories_.workspaces.list_of_user(context, user)) {
    summaries.push_back(to_summary(workspace));
  }
  return summaries;
}

}  // namespace orbit::workspaces
