// What a workspace keeps, as interfaces; the storage room implements them. Stateless: any thread, with a context of
// that thread's own.
#pragma once

#include <optional>
#include <string_view>
#include <vector>

#include "identity/repositories.hpp"
#include "kernel/repository.hpp"
#include "workspaces/invite.hpp"
#include "workspaces/member.hpp"
#include "workspaces/role.hpp"
#include "workspaces/team.hpp"
#include "workspaces/workspace.hpp"

namespace orbit::workspaces {

/// Removing a workspace removes everything in it.
class WorkspaceRepository : public kernel::Repository<Workspace> {
 public:
  [[nodiscard]] virtual std::optional<Workspace> find_by_slug(const kernel::ReadContext& context,
                                                              std::string_view slug) const = 0;

  /// The workspaces that the user is a member of, by name.
  [[nodiscard]] virtual std::vector<Workspace::State> list_of_user(const kernel::ReadContext& context,
                                                                   kernel::UserId user) const = 0;
};

class RoleRepository : public kernel::Repository<Role> {
 public:
  /// By sort order, then by age.
  [[nodiscard]] virtual std::vector<Role::State> list(const kernel::ReadContext& context,
                                                      kernel::WorkspaceId workspace) const = 0;
};

class MemberRepository : public kernel::Repository<Member> {
 public:
  [[nodiscard]] virtual std::optional<Member> find_by_user(const kernel::ReadContext& context,
                                                           kernel::WorkspaceId workspace,
                                                           kernel::UserId user) const = 0;
  [[nodiscard]] virtual std::optional<MemberProfile> find_profile(const kernel::ReadContext& context,
                                                                  kernel::MemberId member) const = 0;

  /// Oldest first.
  [[nodiscard]] virtual std::vector<MemberProfile> list_profiles(const kernel::ReadContext& context,
                                                                 kernel::WorkspaceId workspace) const = 0;
  [[nodiscard]] virtual std::vector<Member> list_of_user(const kernel::ReadContext& context,
                                                         kernel::UserId user) const = 0;
  [[nodiscard]] virtual std::size_t count(const kernel::ReadContext& context, kernel::WorkspaceId workspace) const = 0;

  /// Oldest first.
  [[nodiscard]] virtual std::vector<Member::State> list_with_role(const kernel::ReadContext& context,
                                                                  kernel::RoleId role) const = 0;
};

class InviteRepository : public kernel::Repository<Invite> {
 public:
  [[nodiscard]] virtual std::optional<Invite> find_by_token_hash(const kernel::ReadContext& context,
                                                                 std::string_view token_hash) const = 0;

  /// Neither used nor revoked nor expired, oldest first.
  [[nodiscard]] virtual std::vector<Invite::State> list_open(const kernel::ReadContext& context,
                                                             kernel::WorkspaceId workspace,
                                                             kernel::Timestamp now) const = 0;

  /// Forgets those that are not open any more, but for the newest `kept`.
  virtual void forget_ended(kernel::WriteContext& context, kernel::WorkspaceId workspace, kernel::Timestamp now,
                            std::size_t kept) const = 0;
};

class TeamRepository : public kernel::Repository<Team> {
 public:
  /// By name.
  [[nodiscard]] virtual std::vector<Team::State> list(const kernel::ReadContext& context,
                                                      kernel::WorkspaceId workspace) const = 0;
  [[nodiscard]] virtual std::vector<Team> list_of_member(const kernel::ReadContext& context,
                                                         kernel::MemberId member) const = 0;
};

/// All of them, as services and projections take them.
struct Repositories {
  const identity::UserRepository& users;
  const WorkspaceRepository& workspaces;
  const RoleRepository& roles;
  const MemberRepository& members;
  const InviteRepository& invites;
  const TeamRepository& teams;
};

}  // namespace orbit::workspaces
