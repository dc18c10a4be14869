// WorkspaceProjection: builds the DTOs of a workspace and what is in it from committed state. Stateless: any thread,
// with a context of that thread's own. What is gone is nullopt.
#pragma once

#include <optional>
#include <vector>

#include "catalog/dto.hpp"
#include "workspaces/repositories.hpp"

namespace orbit::workspaces {

[[nodiscard]] catalog::WorkspaceDTO to_dto(const Workspace::State& workspace);
[[nodiscard]] catalog::WorkspaceRoleDTO to_dto(const Role::State& role);
[[nodiscard]] catalog::WorkspaceMemberDTO to_dto(const MemberProfile& profile, const Role::State& role);
[[nodiscard]] catalog::WorkspaceInviteDTO to_dto(const Invite::State& invite, const std::optional<Role::State>& role);
[[nodiscard]] catalog::TeamDTO to_dto(const Team::State& team);
[[nodiscard]] catalog::WorkspaceSummaryDTO to_summary(const Workspace::State& workspace);

class WorkspaceProjection {
 public:
  explicit WorkspaceProjection(const Repositories& repositories) : repositories_(repositories) {}

  using Context = kernel::ReadContext;

  [[nodiscard]] std::optional<catalog::WorkspaceDTO> workspace(const Context& context, kernel::WorkspaceId id) const;
  [[nodiscard]] std::optional<catalog::WorkspaceRoleDTO> role(const Context& context, kernel::RoleId id) const;
  [[nodiscard]] std::optional<catalog::WorkspaceMemberDTO> member(const Context& context, kernel::MemberId id) const;
  [[nodiscard]] std::optional<catalog::WorkspaceInviteDTO> invite(const Context& context, kernel::InviteId id) const;
  [[nodiscard]] std::optional<catalog::TeamDTO> team(const Context& context, kernel::TeamId id) const;

  [[nodiscard]] std::vector<catalog::WorkspaceMemberDTO> members(const Context& context,
                                                                 kernel::WorkspaceId workspace) const;
  [[nodiscard]] std::vector<catalog::WorkspaceRoleDTO> roles(const Context& context,
                                                             kernel::WorkspaceId workspace) const;

  /// As roles(), with how many members hold each.
  [[nodiscard]] std::vector<catalog::WorkspaceRoleDTO> counted_roles(const Context& context,
                                                                     kernel::WorkspaceId workspace) const;
  [[nodiscard]] std::vector<catalog::WorkspaceInviteDTO> open_invites(const Context& context,
                                                                      kernel::WorkspaceId workspace,
                                                                      kernel::Timestamp now) const;
  [[nodiscard]] std::vector<catalog::TeamDTO> teams(const Context& context, kernel::WorkspaceId workspace) const;
  [[nodiscard]] std::vector<catalog::WorkspaceSummaryDTO> workspaces_of(const Context& context,
                                                                        kernel::UserId user) const;

 private:
  Repositories repositories_;
};

}  // namespace orbit::workspaces
