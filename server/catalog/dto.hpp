// The entities as the wire shows them. Members are snake_case here and camelCase in JSON; an empty optional is null, an
// empty Omittable is left out. Plain data: any thread.
#pragma once

#include <boost/describe/class.hpp>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "catalog/vocabulary.hpp"
#include "kernel/clock.hpp"
#include "kernel/domain_event.hpp"
#include "kernel/id.hpp"

namespace orbit::catalog {

using kernel::InviteId;
using kernel::MemberId;
using kernel::RoleId;
using kernel::Seq;
using kernel::SessionId;
using kernel::SubscriptionId;
using kernel::TeamId;
using kernel::Timestamp;
using kernel::UserId;
using kernel::WorkspaceId;

/// A field that is absent from the JSON when it has no value, rather than null.
template <class T>
struct Omittable : std::optional<T> {
  using std::optional<T>::optional;
};

/// JSON text that passes through unread.
struct RawJson {
  std::string text = "null";
  bool operator==(const RawJson&) const = default;
};

struct WorkspaceDTO {
  WorkspaceId id;
  std::string slug;
  std::string name;
  MemberId owner_id;
  Timestamp created_at;
};
BOOST_DESCRIBE_STRUCT(WorkspaceDTO, (), (id, slug, name, owner_id, created_at))

struct WorkspaceRoleDTO {
  RoleId id;
  WorkspaceId workspace_id;
  std::string name;
  std::optional<std::string> description;
  bool is_system = false;
  std::optional<SystemRole> system_key;
  int sort_order = 0;
  std::vector<Permission> permissions;
  Omittable<std::uint64_t> member_count;
  Timestamp created_at;
};
BOOST_DESCRIBE_STRUCT(WorkspaceRoleDTO, (),
                      (id, workspace_id, name, description, is_system, system_key, sort_order, permissions,
                       member_count, created_at))

struct WorkspaceMemberDTO {
  MemberId id;
  WorkspaceId workspace_id;
  UserId user_id;
  std::string name;
  std::string email;
  WorkspaceRoleDTO role;
  Tone tone = Tone::slate;
  Timestamp created_at;
};
BOOST_DESCRIBE_STRUCT(WorkspaceMemberDTO, (), (id, workspace_id, user_id, name, email, role, tone, created_at))

struct WorkspaceInviteDTO {
  InviteId id;
  WorkspaceId workspace_id;
  std::string email;
  MemberId invited_by_id;
  std::optional<WorkspaceRoleDTO> role;
  Timestamp created_at;
  std::optional<Timestamp> accepted_at;
  std::optional<Timestamp> revoked_at;
};
BOOST_DESCRIBE_STRUCT(WorkspaceInviteDTO, (),
                      (id, workspace_id, email, invited_by_id, role, created_at, accepted_at, revoked_at))

struct TeamDTO {
  TeamId id;
  WorkspaceId workspace_id;
  std::string name;
  std::vector<MemberId> member_ids;
  Timestamp created_at;
};
BOOST_DESCRIBE_STRUCT(TeamDTO, (), (id, workspace_id, name, member_ids, created_at))

struct SubscriptionDTO {
  SubscriptionId id;
  WorkspaceId workspace_id;
  Plan plan = Plan::free;
  SubscriptionStatus status = SubscriptionStatus::active;
  int seats = 1;
  std::optional<Timestamp> current_period_end;
  bool cancel_at_period_end = false;
  Timestamp updated_at;
};
BOOST_DESCRIBE_STRUCT(SubscriptionDTO, (),
                      (id, workspace_id, plan, status, seats, current_period_end, cancel_at_period_end, updated_at))

struct PresenceDTO {
  MemberId member_id;
  bool online = false;
  PresenceStatus status = PresenceStatus::offline;
  std::optional<Timestamp> last_seen_at;
};
BOOST_DESCRIBE_STRUCT(PresenceDTO, (), (member_id, online, status, last_seen_at))

struct UserDTO {
  UserId id;
  std::string name;
  std::string email;
};
BOOST_DESCRIBE_STRUCT(UserDTO, (), (id, name, email))

struct SessionDTO {
  SessionId id;
  bool current = false;  // the one that asks
  std::string user_agent;
  std::string address;
  Timestamp created_at;
  Timestamp last_used_at;
  Timestamp expires_at;
};
BOOST_DESCRIBE_STRUCT(SessionDTO, (), (id, current, user_agent, address, created_at, last_used_at, expires_at))

/// A workspace as a list of one's own workspaces shows it.
struct WorkspaceSummaryDTO {
  WorkspaceId id;
  std::string slug;
  std::string name;
};
BOOST_DESCRIBE_STRUCT(WorkspaceSummaryDTO, (), (id, slug, name))

/// What POST /v1/session and GET /v1/me answer.
struct SignedInDTO {
  UserDTO user;
  std::vector<WorkspaceSummaryDTO> workspaces;
};
BOOST_DESCRIBE_STRUCT(SignedInDTO, (), (user, workspaces))

/// What GET /v1/workspaces/{slug} answers: the state as of `seq`.
struct WorkspaceSnapshotDTO {
  std::string epoch;
  Seq seq = 0;
  WorkspaceDTO workspace;
  WorkspaceMemberDTO you;
  std::vector<WorkspaceMemberDTO> members;
  std::vector<WorkspaceRoleDTO> roles;
  std::vector<TeamDTO> teams;
  Omittable<std::vector<WorkspaceInviteDTO>> invites;  // only for those who may see them
  SubscriptionDTO subscription;
  std::vector<PresenceDTO> presence;
};
BOOST_DESCRIBE_STRUCT(WorkspaceSnapshotDTO, (),
                      (epoch, seq, workspace, you, members, roles, teams, invites, subscription, presence))

/// What POST …/invites answers: the one time that the token is shown.
struct CreatedInviteDTO {
  WorkspaceInviteDTO invite;
  std::string token;
};
BOOST_DESCRIBE_STRUCT(CreatedInviteDTO, (), (invite, token))

}  // namespace orbit::catalog
