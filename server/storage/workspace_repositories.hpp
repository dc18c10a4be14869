// Workspaces and what is in them, in the database. Stateless: any thread, with a context of that thread's own.
#pragma once

#include "workspaces/repositories.hpp"

namespace orbit::storage {

class SociWorkspaceRepository final : public workspaces::WorkspaceRepository {
 public:
  [[nodiscard]] std::optional<workspaces::Workspace> find(const kernel::ReadContext& context,
                                                          kernel::WorkspaceId id) const override;
  [[nodiscard]] std::optional<workspaces::Workspace> find_by_slug(const kernel::ReadContext& context,
                                                                  std::string_view slug) const override;
  [[nodiscard]] std::vector<State> list_of_user(const kernel::ReadContext& context, kernel::UserId user) const override;

 protected:
  void store(kernel::WriteContext& context, const State& state) const override;
  void erase(kernel::WriteContext& context, kernel::WorkspaceId id) const override;
};

class SociRoleRepository final : public workspaces::RoleRepository {
 public:
  [[nodiscard]] std::optional<workspaces::Role> find(const kernel::ReadContext& context,
                                                     kernel::RoleId id) const override;
  [[nodiscard]] std::vector<State> list(const kernel::ReadContext& context,
                                        kernel::WorkspaceId workspace) const override;

 protected:
  void store(kernel::WriteContext& context, const State& state) const override;
  void erase(kernel::WriteContext& context, kernel::RoleId id) const override;
};

class SociMemberRepository final : public workspaces::MemberRepository {
 public:
  [[nodiscard]] std::optional<workspaces::Member> find(const kernel::ReadContext& context,
                                                       kernel::MemberId id) const override;
  [[nodiscard]] std::optional<workspaces::Member> find_by_user(const kernel::ReadContext& context,
                                                               kernel::WorkspaceId workspace,
                                                               kernel::UserId user) const override;
  [[nodiscard]] std::optional<workspaces::MemberProfile> find_profile(const kernel::ReadContext& context,
                                                                      kernel::MemberId member) const override;
  [[nodiscard]] std::vector<workspaces::MemberProfile> list_profiles(const kernel::ReadContext& context,
                                                                     kernel::WorkspaceId workspace) const override;
  [[nodiscard]] std::vector<workspaces::Member> list_of_user(const kernel::ReadContext& context,
                                                             kernel::UserId user) const override;
  [[nodiscard]] std::size_t count(const kernel::ReadContext& context, kernel::WorkspaceId workspace) const override;
  [[nodiscard]] std::vector<State> list_with_role(const kernel::ReadContext& context,
                                                  kernel::RoleId role) const override;

 protected:
  void store(kernel::WriteContext& context, const State& state) const override;
  void erase(kernel::WriteContext& context, kernel::MemberId id) const override;
};

class SociInviteRepository final : public workspaces::InviteRepository {
 public:
  [[nodiscard]] std::optional<workspaces::Invite> find(const kernel::ReadContext& context,
                                                       kernel::InviteId id) const override;
  [[nodiscard]] std::optional<workspaces::Invite> find_by_token_hash(const kernel::ReadContext& context,
                                                                     std::string_view token_hash) const override;
  [[nodiscard]] std::vector<State> list_open(const kernel::ReadContext& context, kernel::WorkspaceId workspace,
                                             kernel::Timestamp now) const override;
  void forget_ended(kernel::WriteContext& context, kernel::WorkspaceId workspace, kernel::Timestamp now,
                    std::size_t kept) const override;

 protected:
  void store(kernel::WriteContext& context, const State& state) const override;
  void erase(kernel::WriteContext& context, kernel::InviteId id) const override;
};

class SociTeamRepository final : public workspaces::TeamRepository {
 public:
  [[nodiscard]] std::optional<workspaces::Team> find(const kernel::ReadContext& context,
                                                     kernel::TeamId id) const override;
  [[nodiscard]] std::vector<State> list(const kernel::ReadContext& context,
                                        kernel::WorkspaceId workspace) const override;
  [[nodiscard]] std::vector<workspaces::Team> list_of_member(const kernel::ReadContext& context,
                                                             kernel::MemberId member) const override;

 protected:
  void store(kernel::WriteContext& context, const State& state) const override;
  void erase(kernel::WriteContext& context, kernel::TeamId id) const override;
};

}  // namespace orbit::storage
