// The entities as the wire shows them. Members are snake_case here and camelCase in JSON; an empty optional is null, an
// empty Omittable is left out. Plain data: any thread.
#pragma once

#include <array>
#include <boost/describe/class.hpp>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
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
  static constexpr std::string_view doc = "A workspace.";
  static constexpr std::array<std::string_view, 5> field_docs{"Its id, for good.", "Its public name, as in URLs.",
                                                              "Its name for people.", "The member who owns it.",
                                                              "When it was created."};

  WorkspaceId id;
  std::string slug;
  std::string name;
  MemberId owner_id;
  Timestamp created_at;
};
BOOST_DESCRIBE_STRUCT(WorkspaceDTO, (), (id, slug, name, owner_id, created_at))

struct WorkspaceRoleDTO {
  static constexpr std::string_view doc = "A role: a name for a set of permissions.";
  static constexpr std::array<std::string_view, 10> field_docs{
      "Its id, for good.",
      "The workspace it belongs to.",
      "Its name, unique in the workspace.",
      "What it is for.",
      "Whether it is one of the three that every workspace has.",
      "Which of the three, for a system role.",
      "Where it stands in a list of roles, lowest first.",
      "What its holders may do.",
      "How many members hold it; only in the list of roles.",
      "When it was created."};

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
  static constexpr std::string_view doc = "A person's membership of a workspace.";
  static constexpr std::array<std::string_view, 8> field_docs{
      "Its id, for good.",
      "The workspace it belongs to.",
      "The person behind the member, the same in all their workspaces.",
      "The person's name.",
      "The person's e-mail address.",
      "The role they hold, embedded; workspace.role.updated changes it here too.",
      "Their colour, for avatars and cursors.",
      "When they joined."};

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
  static constexpr std::string_view doc = "An invitation to become a member.";
  static constexpr std::array<std::string_view, 8> field_docs{"Its id, for good.",
                                                              "The workspace it belongs to.",
                                                              "Who is invited.",
                                                              "The member who invited them.",
                                                              "The role they will have; null once that role is gone.",
                                                              "When it was created.",
                                                              "When it was used; null while it is open.",
                                                              "When it was withdrawn; null unless it was."};

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
  static constexpr std::string_view doc = "A team of members.";
  static constexpr std::array<std::string_view, 5> field_docs{
      "Its id, for good.", "The workspace it belongs to.", "Its name, unique in the workspace.",
      "The members in it, oldest first.", "When it was created."};

  TeamId id;
  WorkspaceId workspace_id;
  std::string name;
  std::vector<MemberId> member_ids;
  Timestamp created_at;
};
BOOST_DESCRIBE_STRUCT(TeamDTO, (), (id, workspace_id, name, member_ids, created_at))

struct SubscriptionDTO {
  static constexpr std::string_view doc = "What a workspace pays for.";
  static constexpr std::array<std::string_view, 8> field_docs{"Its id, for good.",
                                                              "The workspace it belongs to.",
                                                              "What they pay for.",
                                                              "The state of the subscription, in Stripe's words.",
                                                              "How many members it pays for.",
                                                              "When the paid term ends; null on a plan without one.",
                                                              "Whether it ends then instead of renewing.",
                                                              "When it last changed."};

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
  static constexpr std::string_view doc = "Whether a member is there.";
  static constexpr std::array<std::string_view, 4> field_docs{
      "The member it is about.", "Whether a socket of theirs is open.",
      "online, away when every open tab of theirs is, or offline.",
      "When they were last online; null where that is not known."};

  MemberId member_id;
  bool online = false;
  PresenceStatus status = PresenceStatus::offline;
  std::optional<Timestamp> last_seen_at;
};
BOOST_DESCRIBE_STRUCT(PresenceDTO, (), (member_id, online, status, last_seen_at))

struct UserDTO {
  static constexpr std::string_view doc = "A person with an account.";
  static constexpr std::array<std::string_view, 3> field_docs{"Its id, for good.", "The person's name.",
                                                              "The address they sign in with."};

  UserId id;
  std::string name;
  std::string email;
};
BOOST_DESCRIBE_STRUCT(UserDTO, (), (id, name, email))

struct SessionDTO {
  static constexpr std::string_view doc = "A sign-in of one's own.";
  static constexpr std::array<std::string_view, 7> field_docs{"Its id, for good.",
                                                              "Whether it is the session that asks.",
                                                              "The browser, as it named itself.",
                                                              "Where the sign-in came from.",
                                                              "When they signed in.",
                                                              "When it was last used.",
                                                              "When it ends unless it is used before."};

  SessionId id;
  bool current = false;
  std::string user_agent;
  std::string address;
  Timestamp created_at;
  Timestamp last_used_at;
  Timestamp expires_at;
};
BOOST_DESCRIBE_STRUCT(SessionDTO, (), (id, current, user_agent, address, created_at, last_used_at, expires_at))

struct WorkspaceSummaryDTO {
  static constexpr std::string_view doc = "A workspace as a list of one's own shows it.";
  static constexpr std::array<std::string_view, 3> field_docs{"Its id, for good.", "Its public name, as in URLs.",
                                                              "Its name for people."};

  WorkspaceId id;
  std::string slug;
  std::string name;
};
BOOST_DESCRIBE_STRUCT(WorkspaceSummaryDTO, (), (id, slug, name))

struct SignedInDTO {
  static constexpr std::string_view doc = "Who is signed in, and where they can go.";
  static constexpr std::array<std::string_view, 2> field_docs{"Who is signed in.",
                                                              "The workspaces they are a member of."};

  UserDTO user;
  std::vector<WorkspaceSummaryDTO> workspaces;
};
BOOST_DESCRIBE_STRUCT(SignedInDTO, (), (user, workspaces))

struct WorkspaceSnapshotDTO {
  static constexpr std::string_view doc = "The whole of a workspace as of seq: what a tab hydrates from.";
  static constexpr std::array<std::string_view, 10> field_docs{
      "Names the history that seq belongs to.",
      "The snapshot holds every event up to this one.",
      "The workspace.",
      "The member who asks.",
      "Every member, oldest first.",
      "Every role, by sort order.",
      "Every team, by name.",
      "Open invites; only for holders of workspace.members.invite.",
      "The subscription.",
      "Who is online or away; members not listed are offline. Empty in large workspaces."};

  std::string epoch;
  Seq seq = 0;
  WorkspaceDTO workspace;
  WorkspaceMemberDTO you;
  std::vector<WorkspaceMemberDTO> members;
  std::vector<WorkspaceRoleDTO> roles;
  std::vector<TeamDTO> teams;
  Omittable<std::vector<WorkspaceInviteDTO>> invites;
  SubscriptionDTO subscription;
  std::vector<PresenceDTO> presence;
};
BOOST_DESCRIBE_STRUCT(WorkspaceSnapshotDTO, (),
                      (epoch, seq, workspace, you, members, roles, teams, invites, subscription, presence))

struct LogEntryDTO {
  static constexpr std::string_view doc = "When an event of a workspace's log happened; what it was, the stream tells.";
  static constexpr std::array<std::string_view, 2> field_docs{"Its place in the log.", "When it was committed."};

  Seq seq = 0;
  Timestamp occurred_at;
};
BOOST_DESCRIBE_STRUCT(LogEntryDTO, (), (seq, occurred_at))

struct CreatedInviteDTO {
  static constexpr std::string_view doc = "An invite together with its token.";
  static constexpr std::array<std::string_view, 2> field_docs{
      "The invite.", "What the invited person accepts it with; shown this once."};

  WorkspaceInviteDTO invite;
  std::string token;
};
BOOST_DESCRIBE_STRUCT(CreatedInviteDTO, (), (invite, token))

}  // namespace orbit::catalog
