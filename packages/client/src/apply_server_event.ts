import { assertNever, type ServerEvent } from "@orbit/catalog";
import type { StateDraft } from "./workspace_state.ts";

/**
 * Does to the draft what an event says. Applying an event once more changes nothing. Events of the connection itself
 * and of rooms hold no entity, and leave the draft as it is.
 */
export function applyServerEvent(draft: StateDraft, event: ServerEvent): void {
  switch (event.type) {
    case "hello":
      draft.you = event.memberId;
      draft.setPresence(event.presence);
      return;
    case "workspace.updated":
      draft.workspace = event.workspace;
      return;
    case "workspace.member.joined":
    case "workspace.member.role_changed":
    case "workspace.member.updated":
      draft.members.set(event.member.id, event.member);
      hideInvitesUnlessAllowed(draft);
      return;
    case "workspace.member.left":
      draft.members.delete(event.memberId);
      draft.presence.delete(event.memberId);
      draft.teams.map((team) => withoutMember(team, event.memberId));
      return;
    case "workspace.role.created":
      draft.roles.set(event.role.id, event.role);
      return;
    case "workspace.role.updated":
      draft.roles.set(event.role.id, event.role);
      draft.members.map((member) => (member.role.id === event.role.id ? { ...member, role: event.role } : member));
      draft.invites.map((invite) => (invite.role?.id === event.role.id ? { ...invite, role: event.role } : invite));
      hideInvitesUnlessAllowed(draft);
      return;
    case "workspace.role.deleted":
      draft.roles.delete(event.roleId);
      draft.invites.map((invite) => (invite.role?.id === event.roleId ? { ...invite, role: null } : invite));
      return;
    case "workspace.invite.created":
      draft.invites.set(event.invite.id, event.invite);
      return;
    case "workspace.invite.revoked":
    case "workspace.invite.accepted":
      draft.invites.delete(event.inviteId);
      return;
    case "team.created":
    case "team.updated":
      draft.teams.set(event.team.id, event.team);
      return;
    case "team.deleted":
      draft.teams.delete(event.teamId);
      return;
    case "team.member.added":
      draft.teams.map((team) =>
        team.id === event.teamId && !team.memberIds.includes(event.memberId)
          ? { ...team, memberIds: [...team.memberIds, event.memberId] }
          : team,
      );
      return;
    case "team.member.removed":
      draft.teams.map((team) => (team.id === event.teamId ? withoutMember(team, event.memberId) : team));
      return;
    case "subscription.updated":
      draft.subscription = event.subscription;
      return;
    case "presence.update": {
      const { memberId, online, status, lastSeenAt } = event;
      // In a large workspace only some are told of: `@orbit/client/presence` knows of whom.
      if (draft.presenceCount === null) draft.presence.set(memberId, { memberId, online, status, lastSeenAt });
      return;
    }
    case "presence.count":
      draft.setPresence([]);
      draft.presenceCount = event.online;
      return;
    case "workspace.deleted":
    case "resync":
    case "room.joined":
    case "room.left":
    case "room.presence":
    case "room.signal":
    case "pong":
    case "reply":
    case "error":
      return;
    default:
      assertNever(event);
  }
}

function withoutMember<Team extends { readonly memberIds: readonly string[] }>(team: Team, memberId: string): Team {
  if (!team.memberIds.includes(memberId)) return team;
  return { ...team, memberIds: team.memberIds.filter((id) => id !== memberId) };
}

function hideInvitesUnlessAllowed(draft: StateDraft): void {
  if (!draft.can("workspace.members.invite")) draft.invites.replace([]);
}
