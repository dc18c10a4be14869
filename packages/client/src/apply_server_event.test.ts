import {
  assertNever,
  type HelloEvent,
  type InviteId,
  type ServerEvent,
  type TeamDTO,
  type WorkspaceInviteDTO,
} from "@orbit/catalog";
import { eventDocs } from "@orbit/catalog/docs";
import { describe, expect, it } from "vitest";
import { applyServerEvent } from "./apply_server_event.ts";
import { ids, member, presence, role, snapshot } from "./testing/scripted_server.ts";
import { emptyState, StateDraft, type WorkspaceState } from "./workspace_state.ts";

function hydrated(changes: Parameters<typeof snapshot>[1] = {}): WorkspaceState {
  const draft = new StateDraft(emptyState);
  const of = snapshot(1, changes);
  draft.hydrate(of);
  draft.setPresence(of.presence);
  return draft.result();
}

function apply(state: WorkspaceState, ...events: ServerEvent[]): WorkspaceState {
  const draft = new StateDraft(state);
  for (const event of events) applyServerEvent(draft, event);
  return draft.result();
}

const at = "2026-03-02T09:00:00.000Z";
const invite: WorkspaceInviteDTO = {
  id: "inv_1" as InviteId,
  workspaceId: ids.workspace,
  email: "alan@acme.test",
  invitedById: ids.ada,
  role: role(ids.member, "Member"),
  createdAt: at,
  acceptedAt: null,
  revokedAt: null,
};

describe("applyServerEvent", () => {
  it("takes every event of the catalog, and twice is once", () => {
    const server = eventDocs.filter((doc) => doc.direction === "server");
    expect(server.length).toBeGreaterThan(25);
    for (const { example } of server) {
      const once = apply(hydrated(), example as ServerEvent);
      const twice = apply(once, example as ServerEvent);
      expect(twice).toEqual(once);
      for (const key of Object.keys(once) as (keyof WorkspaceState)[]) {
        expect(twice[key], `${(example as ServerEvent).type} changed ${key} again`).toBe(once[key]);
      }
    }
  });

  it("adds, changes and removes members", () => {
    let state = apply(hydrated(), { type: "workspace.member.joined", seq: 2, member: member(ids.alan, "Alan") });
    expect(state.members.get(ids.alan)?.name).toBe("Alan");
    state = apply(state, { type: "workspace.member.updated", seq: 3, member: member(ids.alan, "Turing") });
    expect(state.members.get(ids.alan)?.name).toBe("Turing");
    state = apply(state, { type: "workspace.member.left", seq: 4, memberId: ids.alan });
    expect(state.members.has(ids.alan)).toBe(false);
  });

  it("takes a member who left out of teams and presence", () => {
    const state = apply(hydrated({ presence: [presence(ids.ada), presence(ids.grace)] }), {
      type: "workspace.member.left",
      seq: 2,
      memberId: ids.grace,
    });
    expect(state.teams.get(ids.engines)?.memberIds).toEqual([]);
    expect([...state.presence.keys()]).toEqual([ids.ada]);
    expect(state.onlineCount).toBe(1);
  });

  it("changes a role wherever it is embedded, and nothing else", () => {
    const before = hydrated({ invites: [invite] });
    const renamed = role(ids.member, "Builder");
    const after = apply(before, { type: "workspace.role.updated", seq: 2, role: renamed });
    expect(after.roles.get(ids.member)?.name).toBe("Builder");
    expect(after.members.get(ids.grace)?.role.name).toBe("Builder");
    expect(after.invites.get(invite.id)?.role?.name).toBe("Builder");
    expect(after.members.get(ids.ada)).toBe(before.members.get(ids.ada));
    expect(after.teams).toBe(before.teams);
  });

  it("leaves invites without a role that is gone", () => {
    const after = apply(hydrated({ invites: [invite] }), {
      type: "workspace.role.deleted",
      seq: 2,
      roleId: ids.member,
    });
    expect(after.roles.has(ids.member)).toBe(false);
    expect(after.invites.get(invite.id)?.role).toBeNull();
  });

  it("shows invites while they are open and while one may see them", () => {
    let state = apply(hydrated(), { type: "workspace.invite.created", seq: 2, invite });
    expect(state.invites.size).toBe(1);
    expect(apply(state, { type: "workspace.invite.revoked", seq: 3, inviteId: invite.id }).invites.size).toBe(0);
    expect(apply(state, { type: "workspace.invite.accepted", seq: 3, inviteId: invite.id }).invites.size).toBe(0);
    const demoted = member(ids.ada, "Ada");
    state = apply(state, { type: "workspace.member.role_changed", seq: 3, member: demoted });
    expect(state.invites.size).toBe(0);
  });

  it("keeps the members of a team as they come and go", () => {
    let state = apply(hydrated(), { type: "team.member.added", seq: 2, teamId: ids.engines, memberId: ids.ada });
    expect(state.teams.get(ids.engines)?.memberIds).toEqual([ids.grace, ids.ada]);
    state = apply(state, { type: "team.member.removed", seq: 3, teamId: ids.engines, memberId: ids.grace });
    expect(state.teams.get(ids.engines)?.memberIds).toEqual([ids.ada]);
    const team = state.teams.get(ids.engines) as TeamDTO;
    state = apply(state, { type: "team.updated", seq: 4, team: { ...team, name: "Motors" } });
    expect(state.teams.get(ids.engines)?.name).toBe("Motors");
    state = apply(state, { type: "team.deleted", seq: 5, teamId: ids.engines });
    expect(state.teams.size).toBe(0);
    expect(apply(state, { type: "team.member.added", seq: 6, teamId: ids.engines, memberId: ids.ada }).teams.size).toBe(
      0,
    );
  });

  it("counts who is online, by the roster or by the server's word", () => {
    let state = apply(hydrated(), { type: "presence.update", ...presence(ids.grace, "away") });
    expect(state.onlineCount).toBe(2);
    state = apply(state, { type: "presence.update", ...presence(ids.ada, "offline") });
    expect(state.onlineCount).toBe(1);
    state = apply(state, { type: "presence.count", online: 700 });
    expect(state.onlineCount).toBe(700);
    expect(apply(state, { type: "workspace.role.deleted", seq: 9, roleId: ids.member }).onlineCount).toBe(700);
  });

  it("knows of nobody's presence where the server only counts, until a roster comes again", () => {
    let state = apply(hydrated(), { type: "presence.count", online: 700 });
    expect(state.presence.size).toBe(0);
    state = apply(state, { type: "presence.update", ...presence(ids.grace) });
    expect(state.presence.size).toBe(0);
    const hello = eventDocs.find(({ type }) => type === "hello")?.example as HelloEvent;
    state = apply(state, { ...hello, presence: [] });
    expect(state.onlineCount).toBe(700);
    state = apply(state, { ...hello, presence: [presence(ids.ada), presence(ids.grace)] });
    expect(state.onlineCount).toBe(2);
    expect([...state.presence.keys()]).toEqual([ids.ada, ids.grace]);
  });
});

// Checked by the compiler: a case that was forgotten is an error where assertNever is called.
export function forgetsACase(event: Extract<ServerEvent, { type: "pong" | "reply" }>): void {
  switch (event.type) {
    case "pong":
      return;
    default:
      // @ts-expect-error "reply" has no case
      assertNever(event);
  }
}
