// ServerEvents: everything that a tab can receive, each with its wire type, who may see it, and whether it is durable,
// that is, logged and carrying a seq. Plain data: any thread.
#pragma once

#include <variant>

#include "catalog/dto.hpp"

namespace orbit::catalog {

/// Who a ServerEvent is for: the kind of channel that it is broadcast on.
enum class Audience {
  socket,     // the one connection it is sent to
  workspace,  // workspace:{id}
  inviters,   // workspace:{id}:workspace.members.invite
  room,       // room:{id}
};

/// The first frame of every connection: who you are, where the stream stands, and who is here.
struct Hello {
  static constexpr std::string_view type = "hello";
  static constexpr Audience audience = Audience::socket;
  static constexpr bool durable = false;

  MemberId member_id;
  WorkspaceId workspace_id;
  std::string epoch;
  Seq seq = 0;
  Timestamp server_time;
  std::int64_t heartbeat_ms = 0;
  std::vector<PresenceDTO> presence;
};
BOOST_DESCRIBE_STRUCT(Hello, (), (member_id, workspace_id, epoch, seq, server_time, heartbeat_ms, presence))

/// What the tab holds can't be brought up to date by events: hydrate again, from seq on.
struct Resync {
  static constexpr std::string_view type = "resync";
  static constexpr Audience audience = Audience::socket;
  static constexpr bool durable = false;

  std::string epoch;
  Seq seq = 0;
  ResyncReason reason = ResyncReason::permissions;
};
BOOST_DESCRIBE_STRUCT(Resync, (), (epoch, seq, reason))

/// The workspace was renamed, or changed hands.
struct WorkspaceUpdated {
  static constexpr std::string_view type = "workspace.updated";
  static constexpr Audience audience = Audience::workspace;
  static constexpr bool durable = true;

  WorkspaceDTO workspace;
};
BOOST_DESCRIBE_STRUCT(WorkspaceUpdated, (), (workspace))

/// The workspace is gone; the connection closes with 4403 after this frame.
struct WorkspaceDeleted {
  static constexpr std::string_view type = "workspace.deleted";
  static constexpr Audience audience = Audience::workspace;
  static constexpr bool durable = true;

  WorkspaceId workspace_id;
};
BOOST_DESCRIBE_STRUCT(WorkspaceDeleted, (), (workspace_id))

/// Somebody became a member.
struct MemberJoined {
  static constexpr std::string_view type = "workspace.member.joined";
  static constexpr Audience audience = Audience::workspace;
  static constexpr bool durable = true;

  WorkspaceMemberDTO member;
};
BOOST_DESCRIBE_STRUCT(MemberJoined, (), (member))

/// A member has another role.
struct MemberRoleChanged {
  static constexpr std::string_view type = "workspace.member.role_changed";
  static constexpr Audience audience = Audience::workspace;
  static constexpr bool durable = true;

  WorkspaceMemberDTO member;
};
BOOST_DESCRIBE_STRUCT(MemberRoleChanged, (), (member))

/// A member's name or e-mail address changed.
struct MemberUpdated {
  static constexpr std::string_view type = "workspace.member.updated";
  static constexpr Audience audience = Audience::workspace;
  static constexpr bool durable = true;

  WorkspaceMemberDTO member;
};
BOOST_DESCRIBE_STRUCT(MemberUpdated, (), (member))

/// A member left or was removed; their own sockets close with 4403 after this frame.
struct MemberLeft {
  static constexpr std::string_view type = "workspace.member.left";
  static constexpr Audience audience = Audience::workspace;
  static constexpr bool durable = true;

  MemberId member_id;
};
BOOST_DESCRIBE_STRUCT(MemberLeft, (), (member_id))

/// A custom role was created.
struct RoleCreated {
  static constexpr std::string_view type = "workspace.role.created";
  static constexpr Audience audience = Audience::workspace;
  static constexpr bool durable = true;

  WorkspaceRoleDTO role;
};
BOOST_DESCRIBE_STRUCT(RoleCreated, (), (role))

/// A role's name, description or permissions changed: also wherever the role is embedded in members and invites.
struct RoleUpdated {
  static constexpr std::string_view type = "workspace.role.updated";
  static constexpr Audience audience = Audience::workspace;
  static constexpr bool durable = true;

  WorkspaceRoleDTO role;
};
BOOST_DESCRIBE_STRUCT(RoleUpdated, (), (role))

/// A custom role was deleted.
struct RoleDeleted {
  static constexpr std::string_view type = "workspace.role.deleted";
  static constexpr Audience audience = Audience::workspace;
  static constexpr bool durable = true;

  RoleId role_id;
};
BOOST_DESCRIBE_STRUCT(RoleDeleted, (), (role_id))

/// Somebody was invited.
struct InviteCreated {
  static constexpr std::string_view type = "workspace.invite.created";
  static constexpr Audience audience = Audience::inviters;
  static constexpr bool durable = true;

  WorkspaceInviteDTO invite;
};
BOOST_DESCRIBE_STRUCT(InviteCreated, (), (invite))

/// An invite was withdrawn.
struct InviteRevoked {
  static constexpr std::string_view type = "workspace.invite.revoked";
  static constexpr Audience audience = Audience::inviters;
  static constexpr bool durable = true;

  InviteId invite_id;
};
BOOST_DESCRIBE_STRUCT(InviteRevoked, (), (invite_id))

/// An invite was used; workspace.member.joined follows.
struct InviteAccepted {
  static constexpr std::string_view type = "workspace.invite.accepted";
  static constexpr Audience audience = Audience::inviters;
  static constexpr bool durable = true;

  InviteId invite_id;
};
BOOST_DESCRIBE_STRUCT(InviteAccepted, (), (invite_id))

/// A team was created.
struct TeamCreated {
  static constexpr std::string_view type = "team.created";
  static constexpr Audience audience = Audience::workspace;
  static constexpr bool durable = true;

  TeamDTO team;
};
BOOST_DESCRIBE_STRUCT(TeamCreated, (), (team))

/// A team was renamed.
struct TeamUpdated {
  static constexpr std::string_view type = "team.updated";
  static constexpr Audience audience = Audience::workspace;
  static constexpr bool durable = true;

  TeamDTO team;
};
BOOST_DESCRIBE_STRUCT(TeamUpdated, (), (team))

/// A team was deleted.
struct TeamDeleted {
  static constexpr std::string_view type = "team.deleted";
  static constexpr Audience audience = Audience::workspace;
  static constexpr bool durable = true;

  TeamId team_id;
};
BOOST_DESCRIBE_STRUCT(TeamDeleted, (), (team_id))

/// A member was added to a team.
struct TeamMemberAdded {
  static constexpr std::string_view type = "team.member.added";
  static constexpr Audience audience = Audience::workspace;
  static constexpr bool durable = true;

  TeamId team_id;
  MemberId member_id;
};
BOOST_DESCRIBE_STRUCT(TeamMemberAdded, (), (team_id, member_id))

/// A member was taken out of a team.
struct TeamMemberRemoved {
  static constexpr std::string_view type = "team.member.removed";
  static constexpr Audience audience = Audience::workspace;
  static constexpr bool durable = true;

  TeamId team_id;
  MemberId member_id;
};
BOOST_DESCRIBE_STRUCT(TeamMemberRemoved, (), (team_id, member_id))

/// The plan, its status, its seats or its term changed.
struct SubscriptionUpdated {
  static constexpr std::string_view type = "subscription.updated";
  static constexpr Audience audience = Audience::workspace;
  static constexpr bool durable = true;

  SubscriptionDTO subscription;
};
BOOST_DESCRIBE_STRUCT(SubscriptionUpdated, (), (subscription))

/// How many members are online: in place of the roster, in large workspaces.
struct PresenceCount {
  static constexpr std::string_view type = "presence.count";
  static constexpr Audience audience = Audience::workspace;
  static constexpr bool durable = false;

  std::uint64_t online = 0;
};
BOOST_DESCRIBE_STRUCT(PresenceCount, (), (online))

/// A member came, went, or turned away from the screen.
struct PresenceUpdate {
  static constexpr std::string_view type = "presence.update";
  static constexpr Audience audience = Audience::workspace;
  static constexpr bool durable = false;

  MemberId member_id;
  bool online = false;
  PresenceStatus status = PresenceStatus::offline;
  std::optional<Timestamp> last_seen_at;
};
BOOST_DESCRIBE_STRUCT(PresenceUpdate, (), (member_id, online, status, last_seen_at))

/// You are in the room, together with these members.
struct RoomJoined {
  static constexpr std::string_view type = "room.joined";
  static constexpr Audience audience = Audience::socket;
  static constexpr bool durable = false;

  std::string room;
  std::vector<MemberId> members;
};
BOOST_DESCRIBE_STRUCT(RoomJoined, (), (room, members))

/// You are no longer in the room.
struct RoomLeft {
  static constexpr std::string_view type = "room.left";
  static constexpr Audience audience = Audience::socket;
  static constexpr bool durable = false;

  std::string room;
};
BOOST_DESCRIBE_STRUCT(RoomLeft, (), (room))

/// A member came into the room, or left it.
struct RoomPresence {
  static constexpr std::string_view type = "room.presence";
  static constexpr Audience audience = Audience::room;
  static constexpr bool durable = false;

  std::string room;
  MemberId member_id;
  bool online = false;
};
BOOST_DESCRIBE_STRUCT(RoomPresence, (), (room, member_id, online))

/// What a member signals to the room: a cursor, typing, a reaction. Never logged.
struct RoomSignal {
  static constexpr std::string_view type = "room.signal";
  static constexpr Audience audience = Audience::room;
  static constexpr bool durable = false;

  std::string room;
  MemberId member_id;
  std::string kind;
  RawJson payload;
};
BOOST_DESCRIBE_STRUCT(RoomSignal, (), (room, member_id, kind, payload))

/// Answers ping: every event up to seq has been sent on this connection.
struct Pong {
  static constexpr std::string_view type = "pong";
  static constexpr Audience audience = Audience::socket;
  static constexpr bool durable = false;

  Timestamp server_time;
  Seq seq = 0;
};
BOOST_DESCRIBE_STRUCT(Pong, (), (server_time, seq))

/// Answers a client event that carried this ref.
struct Reply {
  static constexpr std::string_view type = "reply";
  static constexpr Audience audience = Audience::socket;
  static constexpr bool durable = false;

  std::string ref;
  bool ok = true;
};
BOOST_DESCRIBE_STRUCT(Reply, (), (ref, ok))

/// A client event was refused.
struct ErrorEvent {
  static constexpr std::string_view type = "error";
  static constexpr Audience audience = Audience::socket;
  static constexpr bool durable = false;

  Omittable<std::string> ref;
  std::string code;
  std::string message;
};
BOOST_DESCRIBE_STRUCT(ErrorEvent, (), (ref, code, message))

using ServerEvent = std::variant<Hello, Resync, WorkspaceUpdated, WorkspaceDeleted, MemberJoined, MemberRoleChanged,
                                 MemberUpdated, MemberLeft, RoleCreated, RoleUpdated, RoleDeleted, InviteCreated,
                                 InviteRevoked, InviteAccepted, TeamCreated, TeamUpdated, TeamDeleted, TeamMemberAdded,
                                 TeamMemberRemoved, SubscriptionUpdated, PresenceCount, PresenceUpdate, RoomJoined,
                                 RoomLeft, RoomPresence, RoomSignal, Pong, Reply, ErrorEvent>;

}  // namespace orbit::catalog
