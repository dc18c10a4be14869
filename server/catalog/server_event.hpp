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

struct Hello {
  static constexpr std::string_view type = "hello";
  static constexpr Audience audience = Audience::socket;
  static constexpr bool durable = false;
  static constexpr std::string_view doc =
      "The first frame of every connection: who you are, where the stream stands, and who is here.";
  static constexpr std::array<std::string_view, 8> field_docs{
      "You.",
      "The workspace of this connection.",
      "Names the history that seq belongs to.",
      "What comes next on this connection follows this seq: where the stream stands, or the cursor that you came with.",
      "The node's clock.",
      "How often the node pings; silence for longer means a dead connection.",
      "The name of the node at the other end (--node-name), if it was given one.",
      "Who is online or away; members not listed are offline. Empty in large workspaces, where presence.count "
      "follows."};

  MemberId member_id;
  WorkspaceId workspace_id;
  std::string epoch;
  Seq seq = 0;
  Timestamp server_time;
  std::int64_t heartbeat_ms = 0;
  Omittable<std::string> node;
  std::vector<PresenceDTO> presence;
};
BOOST_DESCRIBE_STRUCT(Hello, (), (member_id, workspace_id, epoch, seq, server_time, heartbeat_ms, node, presence))

struct Resync {
  static constexpr std::string_view type = "resync";
  static constexpr Audience audience = Audience::socket;
  static constexpr bool durable = false;
  static constexpr std::string_view doc =
      "What the tab holds can't be brought up to date by events: hydrate again, from seq on.";
  static constexpr std::array<std::string_view, 3> field_docs{"The history to hydrate in.",
                                                              "Hydrate from a snapshot of at least this seq.",
                                                              "Why events can't bring the tab up to date."};

  std::string epoch;
  Seq seq = 0;
  ResyncReason reason = ResyncReason::permissions;
};
BOOST_DESCRIBE_STRUCT(Resync, (), (epoch, seq, reason))

struct WorkspaceUpdated {
  static constexpr std::string_view type = "workspace.updated";
  static constexpr Audience audience = Audience::workspace;
  static constexpr bool durable = true;
  static constexpr std::string_view doc = "The workspace was renamed, or changed hands.";
  static constexpr std::array<std::string_view, 1> field_docs{"The workspace as it is now."};

  WorkspaceDTO workspace;
};
BOOST_DESCRIBE_STRUCT(WorkspaceUpdated, (), (workspace))

struct WorkspaceDeleted {
  static constexpr std::string_view type = "workspace.deleted";
  static constexpr Audience audience = Audience::workspace;
  static constexpr bool durable = true;
  static constexpr std::string_view doc = "The workspace is gone; the connection closes with 4403 after this frame.";
  static constexpr std::array<std::string_view, 1> field_docs{"The workspace that is gone."};

  WorkspaceId workspace_id;
};
BOOST_DESCRIBE_STRUCT(WorkspaceDeleted, (), (workspace_id))

struct MemberJoined {
  static constexpr std::string_view type = "workspace.member.joined";
  static constexpr Audience audience = Audience::workspace;
  static constexpr bool durable = true;
  static constexpr std::string_view doc = "Somebody became a member.";
  static constexpr std::array<std::string_view, 1> field_docs{"The new member."};

  WorkspaceMemberDTO member;
};
BOOST_DESCRIBE_STRUCT(MemberJoined, (), (member))

struct MemberRoleChanged {
  static constexpr std::string_view type = "workspace.member.role_changed";
  static constexpr Audience audience = Audience::workspace;
  static constexpr bool durable = true;
  static constexpr std::string_view doc = "A member has another role.";
  static constexpr std::array<std::string_view, 1> field_docs{"The member with their new role."};

  WorkspaceMemberDTO member;
};
BOOST_DESCRIBE_STRUCT(MemberRoleChanged, (), (member))

struct MemberUpdated {
  static constexpr std::string_view type = "workspace.member.updated";
  static constexpr Audience audience = Audience::workspace;
  static constexpr bool durable = true;
  static constexpr std::string_view doc = "A member's name or e-mail address changed.";
  static constexpr std::array<std::string_view, 1> field_docs{"The member as they are now."};

  WorkspaceMemberDTO member;
};
BOOST_DESCRIBE_STRUCT(MemberUpdated, (), (member))

struct MemberLeft {
  static constexpr std::string_view type = "workspace.member.left";
  static constexpr Audience audience = Audience::workspace;
  static constexpr bool durable = true;
  static constexpr std::string_view doc =
      "A member left or was removed; their own sockets close with 4403 after this frame.";
  static constexpr std::array<std::string_view, 1> field_docs{"Who left."};

  MemberId member_id;
};
BOOST_DESCRIBE_STRUCT(MemberLeft, (), (member_id))

struct RoleCreated {
  static constexpr std::string_view type = "workspace.role.created";
  static constexpr Audience audience = Audience::workspace;
  static constexpr bool durable = true;
  static constexpr std::string_view doc = "A custom role was created.";
  static constexpr std::array<std::string_view, 1> field_docs{"The new role."};

  WorkspaceRoleDTO role;
};
BOOST_DESCRIBE_STRUCT(RoleCreated, (), (role))

struct RoleUpdated {
  static constexpr std::string_view type = "workspace.role.updated";
  static constexpr Audience audience = Audience::workspace;
  static constexpr bool durable = true;
  static constexpr std::string_view doc =
      "A role's name, description or permissions changed: also wherever the role is embedded in members and invites.";
  static constexpr std::array<std::string_view, 1> field_docs{"The role as it is now."};

  WorkspaceRoleDTO role;
};
BOOST_DESCRIBE_STRUCT(RoleUpdated, (), (role))

struct RoleDeleted {
  static constexpr std::string_view type = "workspace.role.deleted";
  static constexpr Audience audience = Audience::workspace;
  static constexpr bool durable = true;
  static constexpr std::string_view doc = "A custom role was deleted.";
  static constexpr std::array<std::string_view, 1> field_docs{"The role that is gone."};

  RoleId role_id;
};
BOOST_DESCRIBE_STRUCT(RoleDeleted, (), (role_id))

struct InviteCreated {
  static constexpr std::string_view type = "workspace.invite.created";
  static constexpr Audience audience = Audience::inviters;
  static constexpr bool durable = true;
  static constexpr std::string_view doc = "Somebody was invited.";
  static constexpr std::array<std::string_view, 1> field_docs{"The new invite."};

  WorkspaceInviteDTO invite;
};
BOOST_DESCRIBE_STRUCT(InviteCreated, (), (invite))

struct InviteRevoked {
  static constexpr std::string_view type = "workspace.invite.revoked";
  static constexpr Audience audience = Audience::inviters;
  static constexpr bool durable = true;
  static constexpr std::string_view doc = "An invite was withdrawn.";
  static constexpr std::array<std::string_view, 1> field_docs{"The invite that was withdrawn."};

  InviteId invite_id;
};
BOOST_DESCRIBE_STRUCT(InviteRevoked, (), (invite_id))

struct InviteAccepted {
  static constexpr std::string_view type = "workspace.invite.accepted";
  static constexpr Audience audience = Audience::inviters;
  static constexpr bool durable = true;
  static constexpr std::string_view doc = "An invite was used; workspace.member.joined follows.";
  static constexpr std::array<std::string_view, 1> field_docs{"The invite that was used."};

  InviteId invite_id;
};
BOOST_DESCRIBE_STRUCT(InviteAccepted, (), (invite_id))

struct TeamCreated {
  static constexpr std::string_view type = "team.created";
  static constexpr Audience audience = Audience::workspace;
  static constexpr bool durable = true;
  static constexpr std::string_view doc = "A team was created.";
  static constexpr std::array<std::string_view, 1> field_docs{"The new team."};

  TeamDTO team;
};
BOOST_DESCRIBE_STRUCT(TeamCreated, (), (team))

struct TeamUpdated {
  static constexpr std::string_view type = "team.updated";
  static constexpr Audience audience = Audience::workspace;
  static constexpr bool durable = true;
  static constexpr std::string_view doc = "A team was renamed; or what became of it while you were away.";
  static constexpr std::array<std::string_view, 1> field_docs{"The team as it is now."};

  TeamDTO team;
};
BOOST_DESCRIBE_STRUCT(TeamUpdated, (), (team))

struct TeamDeleted {
  static constexpr std::string_view type = "team.deleted";
  static constexpr Audience audience = Audience::workspace;
  static constexpr bool durable = true;
  static constexpr std::string_view doc = "A team was deleted.";
  static constexpr std::array<std::string_view, 1> field_docs{"The team that is gone."};

  TeamId team_id;
};
BOOST_DESCRIBE_STRUCT(TeamDeleted, (), (team_id))

struct TeamMemberAdded {
  static constexpr std::string_view type = "team.member.added";
  static constexpr Audience audience = Audience::workspace;
  static constexpr bool durable = true;
  static constexpr std::string_view doc = "A member was added to a team.";
  static constexpr std::array<std::string_view, 2> field_docs{"The team.", "Who was added."};

  TeamId team_id;
  MemberId member_id;
};
BOOST_DESCRIBE_STRUCT(TeamMemberAdded, (), (team_id, member_id))

struct TeamMemberRemoved {
  static constexpr std::string_view type = "team.member.removed";
  static constexpr Audience audience = Audience::workspace;
  static constexpr bool durable = true;
  static constexpr std::string_view doc = "A member was taken out of a team.";
  static constexpr std::array<std::string_view, 2> field_docs{"The team.", "Who was taken out."};

  TeamId team_id;
  MemberId member_id;
};
BOOST_DESCRIBE_STRUCT(TeamMemberRemoved, (), (team_id, member_id))

struct SubscriptionUpdated {
  static constexpr std::string_view type = "subscription.updated";
  static constexpr Audience audience = Audience::workspace;
  static constexpr bool durable = true;
  static constexpr std::string_view doc = "The plan, its status, its seats or its term changed.";
  static constexpr std::array<std::string_view, 1> field_docs{"The subscription as it is now."};

  SubscriptionDTO subscription;
};
BOOST_DESCRIBE_STRUCT(SubscriptionUpdated, (), (subscription))

struct PresenceCount {
  static constexpr std::string_view type = "presence.count";
  static constexpr Audience audience = Audience::workspace;
  static constexpr bool durable = false;
  static constexpr std::string_view doc =
      "How many members are online. In large workspaces it takes the place of the roster: what a tab knew of others is "
      "outdated from the first one on, and presence.update tells of those only that it asks for with presence.watch.";
  static constexpr std::array<std::string_view, 1> field_docs{"How many members are online or away."};

  std::uint64_t online = 0;
};
BOOST_DESCRIBE_STRUCT(PresenceCount, (), (online))

struct PresenceUpdate {
  static constexpr std::string_view type = "presence.update";
  static constexpr Audience audience = Audience::workspace;
  static constexpr bool durable = false;
  static constexpr std::string_view doc = "A member came, went, or turned away from the screen.";
  static constexpr std::array<std::string_view, 4> field_docs{
      "The member it is about.", "Whether a socket of theirs is open.",
      "online, away when every open tab of theirs is, or offline.",
      "When they were last online; null where that is not known."};

  MemberId member_id;
  bool online = false;
  PresenceStatus status = PresenceStatus::offline;
  std::optional<Timestamp> last_seen_at;
};
BOOST_DESCRIBE_STRUCT(PresenceUpdate, (), (member_id, online, status, last_seen_at))

struct RoomJoined {
  static constexpr std::string_view type = "room.joined";
  static constexpr Audience audience = Audience::socket;
  static constexpr bool durable = false;
  static constexpr std::string_view doc = "You are in the room, together with these members.";
  static constexpr std::array<std::string_view, 2> field_docs{"The room.", "Who is in it, you included."};

  std::string room;
  std::vector<MemberId> members;
};
BOOST_DESCRIBE_STRUCT(RoomJoined, (), (room, members))

struct RoomLeft {
  static constexpr std::string_view type = "room.left";
  static constexpr Audience audience = Audience::socket;
  static constexpr bool durable = false;
  static constexpr std::string_view doc = "You are no longer in the room.";
  static constexpr std::array<std::string_view, 1> field_docs{"The room."};

  std::string room;
};
BOOST_DESCRIBE_STRUCT(RoomLeft, (), (room))

struct RoomPresence {
  static constexpr std::string_view type = "room.presence";
  static constexpr Audience audience = Audience::room;
  static constexpr bool durable = false;
  static constexpr std::string_view doc = "A member came into the room, or left it.";
  static constexpr std::array<std::string_view, 3> field_docs{"The room.", "Who came or went.",
                                                              "true: came; false: went."};

  std::string room;
  MemberId member_id;
  bool online = false;
};
BOOST_DESCRIBE_STRUCT(RoomPresence, (), (room, member_id, online))

struct RoomSignal {
  static constexpr std::string_view type = "room.signal";
  static constexpr Audience audience = Audience::room;
  static constexpr bool durable = false;
  static constexpr std::string_view doc =
      "What a member signals to the room: a cursor, typing, a reaction. Never logged.";
  static constexpr std::array<std::string_view, 4> field_docs{
      "The room.", "Who signals.", "The app's word for what is signalled.", "Any JSON, at most 1 KiB."};

  std::string room;
  MemberId member_id;
  std::string kind;
  RawJson payload;
};
BOOST_DESCRIBE_STRUCT(RoomSignal, (), (room, member_id, kind, payload))

struct Pong {
  static constexpr std::string_view type = "pong";
  static constexpr Audience audience = Audience::socket;
  static constexpr bool durable = false;
  static constexpr std::string_view doc = "Answers ping: every event up to seq has been sent on this connection.";
  static constexpr std::array<std::string_view, 2> field_docs{"The node's clock.",
                                                              "Every event up to this one has been sent."};

  Timestamp server_time;
  Seq seq = 0;
};
BOOST_DESCRIBE_STRUCT(Pong, (), (server_time, seq))

struct Reply {
  static constexpr std::string_view type = "reply";
  static constexpr Audience audience = Audience::socket;
  static constexpr bool durable = false;
  static constexpr std::string_view doc = "Answers a client event that carried this ref.";
  static constexpr std::array<std::string_view, 2> field_docs{"The ref of the client event.",
                                                              "Always true: a refusal is an error event."};

  std::string ref;
  bool ok = true;
};
BOOST_DESCRIBE_STRUCT(Reply, (), (ref, ok))

struct ErrorEvent {
  static constexpr std::string_view type = "error";
  static constexpr Audience audience = Audience::socket;
  static constexpr bool durable = false;
  static constexpr std::string_view doc = "A client event was refused.";
  static constexpr std::array<std::string_view, 3> field_docs{
      "The ref of the client event, where it had one that could be read.", "What went wrong: stable, for programs.",
      "What went wrong: for people."};

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
