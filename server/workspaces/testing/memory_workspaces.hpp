// The repositories of workspaces in memory, for tests of rules. Removing a workspace removes its own row only: what
// goes with it is the storage room's to show. Belong to the test's thread.
#pragma once

#include <vector>

#include "identity/testing/memory_identity.hpp"
#include "workspaces/repositories.hpp"

namespace orbit::workspaces {

class MemoryRoleRepository final : public kernel::MemoryRepository<RoleRepository, Role> {
 public:
  using MemoryRepository::MemoryRepository;

  [[nodiscard]] std::vector<Role::State> list(const kernel::ReadContext&,
                                              kernel::WorkspaceId workspace) const override {
    auto roles = table_.where([&](const State& role) { return role.workspace_id == workspace; });
    std::ranges::stable_sort(roles, {}, &State::sort_order);
    return roles;
  }
};

class MemoryMemberRepository final : public kernel::MemoryRepository<MemberRepository, Member> {
 public:
  MemoryMemberRepository(kernel::MemoryUnitOfWork& unit_of_work, const identity::UserRepository& users)
      : MemoryRepository(unit_of_work), users_(users) {}

  [[nodiscard]] std::optional<Member> find_by_user(const kernel::ReadContext&, kernel::WorkspaceId workspace,
                                                   kernel::UserId user) const override {
    return whole(
        table_.first([&](const State& member) { return member.workspace_id == workspace && member.user_id == user; }));
  }
  [[nodiscard]] std::optional<MemberProfile> find_profile(const kernel::ReadContext& context,
                                                          kernel::MemberId id) const override {
    const auto member = table_.find(id);
    return member ? std::optional(profile(context, *member)) : std::nullopt;
  }
  [[nodiscard]] std::vector<MemberProfile> list_profiles(const kernel::ReadContext& context,
                                                         kernel::WorkspaceId workspace) const override {
    std::vector<MemberProfile> profiles;
    for (const State& member : table_.where([&](const State& row) { return row.workspace_id == workspace; })) {
      profiles.push_back(profile(context, member));
    }
    return profiles;
  }
  [[nodiscard]] std::vector<Member> list_of_user(const kernel::ReadContext&, kernel::UserId user) const override {
    std::vector<Member> members;
    for (const State& member : table_.where([&](const State& row) { return row.user_id == user; })) {
      members.emplace_back(member);
    }
    return members;
  }
  [[nodiscard]] std::size_t count(const kernel::ReadContext&, kernel::WorkspaceId workspace) const override {
    return table_.where([&](const State& member) { return member.workspace_id == workspace; }).size();
  }
  [[nodiscard]] std::vector<State> list_with_role(const kernel::ReadContext&, kernel::RoleId role) const override {
    return table_.where([&](const State& member) { return member.role_id == role; });
  }

 private:
  MemberProfile profile(const kernel::ReadContext& context, const State& member) const {
    const auto user = users_.find(context, member.user_id);
    return {member, user.value().name, user->email};
  }

  const identity::UserRepository& users_;
};

class MemoryWorkspaceRepository final : public kernel::MemoryRepository<WorkspaceRepository, Workspace> {
 public:
  MemoryWorkspaceRepository(kernel::MemoryUnitOfWork& unit_of_work, const MemberRepository& members)
      : MemoryRepository(unit_of_work), members_(members) {}

  [[nodiscard]] std::optional<Workspace> find_by_slug(const kernel::ReadContext&,
                                                      std::string_view slug) const override {
    return whole(table_.first([&](const State& workspace) { return workspace.slug == slug; }));
  }
  [[nodiscard]] std::vector<State> list_of_user(const kernel::ReadContext& context,
                                                kernel::UserId user) const override {
    std::vector<State> workspaces;
    for (const Member& member : members_.list_of_user(context, user)) {
      if (auto workspace = table_.find(member.state().workspace_id)) workspaces.push_back(*std::move(workspace));
    }
    std::ranges::sort(workspaces, {}, &State::name);
    return workspaces;
  }

 private:
  const MemberRepository& members_;
};

class MemoryInviteRepository final : public kernel::MemoryRepository<InviteRepository, Invite> {
 public:
  using MemoryRepository::MemoryRepository;

  [[nodiscard]] std::optional<Invite> find_by_token_hash(const kernel::ReadContext&,
                                                         std::string_view token_hash) const override {
    return whole(table_.first([&](const State& invite) { return invite.token_hash == token_hash; }));
  }
  [[nodiscard]] std::vector<State> list_open(const kernel::ReadContext&, kernel::WorkspaceId workspace,
                                             kernel::Timestamp now) const override {
    return table_.where([&](const State& invite) { return invite.workspace_id == workspace && invite.is_open(now); });
  }
  void forget_ended(kernel::WriteContext&, kernel::WorkspaceId workspace, kernel::Timestamp now,
                    std::size_t kept) const override {
    auto ended =
        table_.where([&](const State& invite) { return invite.workspace_id == workspace && !invite.is_open(now); });
    ended.resize(ended.size() - std::min(ended.size(), kept));
    for (const State& invite : ended) table_.erase(invite.id);
  }
};

class MemoryTeamRepository final : public kernel::MemoryRepository<TeamRepository, Team> {
 public:
  using MemoryRepository::MemoryRepository;

  [[nodiscard]] std::vector<Team::State> list(const kernel::ReadContext&,
                                              kernel::WorkspaceId workspace) const override {
    auto teams = table_.where([&](const State& team) { return team.workspace_id == workspace; });
    std::ranges::sort(teams, {}, &State::name);
    return teams;
  }
  [[nodiscard]] std::vector<Team> list_of_member(const kernel::ReadContext&, kernel::MemberId member) const override {
    std::vector<Team> teams;
    for (const State& team : table_.where([&](const State& row) { return Team(row).has(member); })) {
      teams.emplace_back(team);
    }
    return teams;
  }
};

}  // namespace orbit::workspaces
