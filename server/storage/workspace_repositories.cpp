#include "storage/workspace_repositories.hpp"

#include "storage/soci_context.hpp"
#include "storage/stored_words.hpp"

namespace orbit::storage {

using catalog::SystemRole;
using catalog::Tone;
using kernel::InviteId;
using kernel::MemberId;
using kernel::ReadContext;
using kernel::RoleId;
using kernel::Timestamp;
using kernel::UserId;
using kernel::WorkspaceId;
using kernel::WriteContext;
using workspaces::Invite;
using workspaces::Member;
using workspaces::MemberProfile;
using workspaces::Permissions;
using workspaces::Role;
using workspaces::Workspace;

namespace {

// Rows become states field by field, in the order of the columns.
template <class State, class... Columns, class... In>
std::vector<State> select_states(const ReadContext& context, const std::string& sql, const In&... in) {
  std::vector<State> states;
  for (auto& row : select<Columns...>(session_of(context), sql, in...)) {
    states.push_back(std::apply([](auto&... column) { return State{std::move(column)...}; }, row));
  }
  return states;
}

template <class Aggregate, class State>
std::optional<Aggregate> first(std::vector<State> states) {
  if (states.empty()) return std::nullopt;
  return Aggregate(std::move(states.front()));
}

template <class... In>
std::vector<Workspace::State> select_workspaces(const ReadContext& context, const std::string& rest, const In&... in) {
  return select_states<Workspace::State, WorkspaceId, std::string, std::string, MemberId, Timestamp>(
      context, "SELECT w.id, w.slug, w.name, w.owner_id, w.created_at FROM workspaces w " + rest, in...);
}

template <class... In>
std::vector<Role::State> select_roles(const ReadContext& context, const std::string& rest, const In&... in) {
  return select_states<Role::State, RoleId, WorkspaceId, std::string, std::optional<std::string>,
                       std::optional<SystemRole>, int, Permissions, Timestamp>(
      context,
      "SELECT id, workspace_id, name, description, system_key, sort_order, permissions, created_at FROM roles " + rest,
      in...);
}

template <class... In>
std::vector<Member::State> select_members(const ReadContext& context, const std::string& rest, const In&... in) {
  return select_states<Member::State, MemberId, WorkspaceId, UserId, RoleId, Tone, Timestamp>(
      context, "SELECT id, workspace_id, user_id, role_id, tone, created_at FROM members " + rest, in...);
}

template <class... In>
std::vector<MemberProfile> select_profiles(const ReadContext& context, const std::string& rest, const In&... in) {
  std::vector<MemberProfile> profiles;
  for (auto& [id, workspace, user, role, tone, created_at, name, email] :
       select<MemberId, WorkspaceId, UserId, RoleId, Tone, Timestamp, std::string, std::string>(
           session_of(context),
           "SELECT m.id, m.workspace_id, m.user_id, m.role_id, m.tone, m.created_at, u.name, u.email "
           "FROM members m JOIN users u ON u.id = m.user_id " +
               rest,
           in...)) {
    profiles.push_back({{id, workspace, user, role, tone, created_at}, std::move(name), std::move(email)});
  }
  return profiles;
}

template <class... In>
std::vector<Invite::State> select_invites(const ReadContext& context, const std::string& rest, const In&... in) {
  return select_states<Invite::State, InviteId, WorkspaceId, std::string, MemberId, std::optional<RoleId>, std::string,
                       Timestamp, Timestamp, std::optional<Timestamp>, std::optional<Timestamp>>(
      context,
      "SELECT id, workspace_id, email, invited_by_id, role_id, token_hash, created_at, expires_at, accepted_at, "
      "revoked_at FROM invites " +
          rest,
      in...);
}

}  // namespace

std::optional<Workspace> SociWorkspaceRepository::find(const ReadContext& context, WorkspaceId id) const {
  return first<Workspace>(select_workspaces(context, "WHERE w.id = :id", id));
}

std::optional<Workspace> SociWorkspaceRepository::find_by_slug(const ReadContext& context,
                                                               std::string_view slug) const {
  return first<Workspace>(select_workspaces(context, "WHERE w.slug = :slug", std::string(slug)));
}

std::vector<Workspace::State> SociWorkspaceRepository::list_of_user(const ReadContext& context, UserId user) const {
  return select_workspaces(
      context, "JOIN members m ON m.workspace_id = w.id WHERE m.user_id = :user ORDER BY w.name, w.id", user);
}

void SociWorkspaceRepository::store(WriteContext& context, const Workspace::State& state) const {
  execute(session_of(context),
          "INSERT INTO workspaces (id, slug, name, owner_id, created_at) VALUES (:a, :b, :c, :d, :e) "
          "ON CONFLICT (id) DO UPDATE SET name = excluded.name, owner_id = excluded.owner_id",
          state.id, state.slug, state.name, state.owner_id, state.created_at);
}

void SociWorkspaceRepository::erase(WriteContext& context, WorkspaceId id) const {
  execute(session_of(context), "DELETE FROM workspaces WHERE id = :id", id);
}

std::optional<Role> SociRoleRepository::find(const ReadContext& context, RoleId id) const {
  return first<Role>(select_roles(context, "WHERE id = :id", id));
}

std::vector<Role::State> SociRoleRepository::list(const ReadContext& context, WorkspaceId workspace) const {
  return select_roles(context, "WHERE workspace_id = :workspace ORDER BY sort_order, created_at, id", workspace);
}

void SociRoleRepository::store(WriteContext& context, const Role::State& state) const {
  execute(session_of(context),
          "INSERT INTO roles (id, workspace_id, name, description, system_key, sort_order, permissions, created_at) "
          "VALUES (:a, :b, :c, :d, :e, :f, :g, :h) ON CONFLICT (id) DO UPDATE SET name = excluded.name, "
          "description = excluded.description, sort_order = excluded.sort_order, permissions = excluded.permissions",
          state.id, state.workspace_id, state.name, state.description, state.system_key, state.sort_order,
          state.permissions, state.created_at);
}

void SociRoleRepository::erase(WriteContext& context, RoleId id) const {
  execute(session_of(context), "DELETE FROM roles WHERE id = :id", id);
}

std::optional<Member> SociMemberRepository::find(const ReadContext& context, MemberId id) const {
  return first<Member>(select_members(context, "WHERE id = :id", id));
}

std::optional<Member> SociMemberRepository::find_by_user(const ReadContext& context, WorkspaceId workspace,
                                                         UserId user) const {
  return first<Member>(select_members(context, "WHERE workspace_id = :workspace AND user_id = :user", workspace, user));
}

std::optional<MemberProfile> SociMemberRepository::find_profile(const ReadContext& context, MemberId member) const {
  return first<MemberProfile>(select_profiles(context, "WHERE m.id = :id", member));
}

std::vector<MemberProfile> SociMemberRepository::list_profiles(const ReadContext& context,
                                                               WorkspaceId workspace) const {
  return select_profiles(context, "WHERE m.workspace_id = :workspace ORDER BY m.created_at, m.id", workspace);
}

std::vector<Member> SociMemberRepository::list_of_user(const ReadContext& context, UserId user) const {
  std::vector<Member> members;
  for (const Member::State& state : select_members(context, "WHERE user_id = :user ORDER BY created_at, id", user)) {
    members.emplace_back(state);
  }
  return members;
}

std::size_t SociMemberRepository::count(const ReadContext& context, WorkspaceId workspace) const {
  const auto row = select_one<kernel::Seq>(session_of(context),
                                           "SELECT count(*) FROM members WHERE workspace_id = :workspace", workspace);
  return std::get<0>(row.value());
}

std::vector<Member::State> SociMemberRepository::list_with_role(const ReadContext& context, RoleId role) const {
  return select_members(context, "WHERE role_id = :role ORDER BY created_at, id", role);
}

void SociMemberRepository::store(WriteContext& context, const Member::State& state) const {
  execute(session_of(context),
          "INSERT INTO members (id, workspace_id, user_id, role_id, tone, created_at) "
          "VALUES (:a, :b, :c, :d, :e, :f) ON CONFLICT (id) DO UPDATE SET role_id = excluded.role_id, "
          "tone = excluded.tone",
          state.id, state.workspace_id, state.user_id, state.role_id, state.tone, state.created_at);
}

void SociMemberRepository::erase(WriteContext& context, MemberId id) const {
  execute(session_of(context), "DELETE FROM members WHERE id = :id", id);
}

std::optional<Invite> SociInviteRepository::find(const ReadContext& context, InviteId id) const {
  return first<Invite>(select_invites(context, "WHERE id = :id", id));
}

std::optional<Invite> SociInviteRepository::find_by_token_hash(const ReadContext& context,
                                                               std::string_view token_hash) const {
  return first<Invite>(select_invites(context, "WHERE token_hash = :hash", std::string(token_hash)));
}

std::vector<Invite::State> SociInviteRepository::list_open(const ReadContext& context, WorkspaceId workspace,
                                                           Timestamp now) const {
  return select_invites(context,
                        "WHERE workspace_id = :workspace AND expires_at > :now AND accepted_at IS NULL AND "
                        "revoked_at IS NULL ORDER BY created_at, id",
                        workspace, now);
}

void SociInviteRepository::forget_ended(WriteContext& context, WorkspaceId workspace, Timestamp now,
                                        std::size_t kept) const {
  execute(session_of(context),
          "DELETE FROM invites WHERE id IN (SELECT id FROM invites WHERE workspace_id = :workspace AND "
          "(accepted_at IS NOT NULL OR revoked_at IS NOT NULL OR expires_at <= :now) "
          "ORDER BY created_at DESC, id DESC LIMIT 1000000 OFFSET :kept)",
          workspace, now, static_cast<long long>(kept));
}

void SociInviteRepository::store(WriteContext& context, const Invite::State& state) const {
  execute(session_of(context),
          "INSERT INTO invites (id, workspace_id, email, invited_by_id, role_id, token_hash, created_at, expires_at, "
          "accepted_at, revoked_at) VALUES (:a, :b, :c, :d, :e, :f, :g, :h, :i, :j) ON CONFLICT (id) DO UPDATE SET "
          "accepted_at = excluded.accepted_at, revoked_at = excluded.revoked_at",
          state.id, state.workspace_id, state.email, state.invited_by_id, state.role_id, state.token_hash,
          state.created_at, state.expires_at, state.accepted_at, state.revoked_at);
}

void SociInviteRepository::erase(WriteContext& context, InviteId id) const {
  execute(session_of(context), "DELETE FROM invites WHERE id = :id", id);
}

}  // namespace orbit::storage
