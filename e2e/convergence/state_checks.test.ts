import { describe, expect, it } from "vitest";
import type { LogEvent } from "./event_log.ts";
import { type DatabaseRows, expectedState, type WorkspaceRows } from "./expected_state.ts";
import {
  checkEnding,
  checkRows,
  comparePresence,
  compareState,
  type ShownState,
  type TabStanding,
} from "./state_checks.ts";

const createdAt = 1_772_442_000_000;
const role = (id: string, permissions: string) => ({
  id,
  workspace_id: "ws_1",
  name: id,
  description: null,
  system_key: null,
  sort_order: 3,
  permissions,
  created_at: createdAt,
});
const member = (id: string, roleId: string) => ({
  id,
  workspace_id: "ws_1",
  user_id: `user_${id}`,
  role_id: roleId,
  tone: "blue",
  created_at: createdAt,
  name: id,
  email: `${id}@acme.test`,
});

const rows: WorkspaceRows = {
  workspace: { id: "ws_1", slug: "acme", name: "Acme", owner_id: "mbr_1", created_at: createdAt },
  roles: [role("wsrole_1", "workspace.members.invite teams.manage"), role("wsrole_2", "")],
  members: [member("mbr_1", "wsrole_1"), member("mbr_2", "wsrole_2")],
  teams: [{ id: "team_1", workspace_id: "ws_1", name: "Engines", created_at: createdAt }],
  teamMembers: [
    { team_id: "team_1", member_id: "mbr_2", position: 1, workspace_id: "ws_1" },
    { team_id: "team_1", member_id: "mbr_1", position: 2, workspace_id: "ws_1" },
  ],
  openInvites: [
    {
      id: "inv_1",
      workspace_id: "ws_1",
      email: "guest@acme.test",
      invited_by_id: "mbr_1",
      role_id: null,
      created_at: createdAt,
    },
  ],
  subscription: {
    id: "sub_1",
    workspace_id: "ws_1",
    plan: "team",
    status: "active",
    seats: 5,
    current_period_end: null,
    cancel_at_period_end: 0,
    updated_at: createdAt,
  },
};
const expected = expectedState(rows);

function shown(changes: Partial<ShownState> = {}): ShownState {
  return { ...structuredClone(expected), you: "mbr_1", presence: new Map(), onlineCount: 0, ...changes };
}

const differing = (state: ShownState, memberId = "mbr_1") =>
  compareState(state, expected, memberId).map((difference) => difference.what);

describe("stores", () => {
  it("equal the rows", () => {
    expect(expected.teams.get("team_1")).toEqual({
      id: "team_1",
      workspaceId: "ws_1",
      name: "Engines",
      memberIds: ["mbr_2", "mbr_1"],
      createdAt: "2026-03-02T09:00:00.000Z",
    });
    expect(differing(shown())).toEqual([]);
  });

  it("differ where a row does, one is missing, or one is too many", () => {
    expect(differing(shown({ workspace: { ...expected.workspace, name: "Old" } }))).toEqual(["workspace"]);
    expect(differing(shown({ subscription: { ...expected.subscription, seats: 4 } }))).toEqual(["subscription"]);
    expect(differing(shown({ teams: new Map() }))).toEqual(["teams: team_1"]);
    const ghost = new Map([...expected.roles, ["wsrole_3", { id: "wsrole_3" }]]);
    expect(differing(shown({ roles: ghost }))).toEqual(["roles: wsrole_3"]);
    expect(differing(shown({ you: "mbr_2" }))).toEqual(["you"]);
  });

  it("differ where an embedded role is stale, or a team has its members in another order", () => {
    const [id, stale] = [...expected.members][0] ?? ["", {}];
    const members = new Map(expected.members).set(id, { ...stale, role: expected.roles.get("wsrole_2") });
    expect(differing(shown({ members }))).toEqual(["members: mbr_1"]);
    const teams = new Map([["team_1", { ...expected.teams.get("team_1"), memberIds: ["mbr_1", "mbr_2"] }]]);
    expect(differing(shown({ teams }))).toEqual(["teams: team_1"]);
  });

  it("hold invites for those who may see them, and for nobody else", () => {
    expect(differing(shown({ invites: new Map() }))).toEqual(["invites: inv_1"]);
    expect(differing(shown({ you: "mbr_2" }), "mbr_2")).toEqual(["invites: inv_1"]);
    expect(differing(shown({ you: "mbr_2", invites: new Map() }), "mbr_2")).toEqual([]);
  });
});

describe("presence", () => {
  const online = { online: true, status: "online" };
  const away = { online: true, status: "away" };
  const wrong = (presence: ShownState["presence"], sockets: readonly (readonly [string, number, number])[]) => {
    const live = new Map(sockets.map(([id, open, turned]) => [id, { open, away: turned }]));
    const onlineCount = [...presence.values()].filter((one) => one.online).length;
    return comparePresence(shown({ presence, onlineCount }), live).map((difference) => difference.what);
  };

  it("is online with a socket, away where all have turned away, and offline without", () => {
    expect(wrong(new Map([["mbr_1", online]]), [["mbr_1", 2, 1]])).toEqual([]);
    expect(wrong(new Map([["mbr_1", away]]), [["mbr_1", 2, 2]])).toEqual([]);
    expect(wrong(new Map([["mbr_1", { online: false, status: "offline" }]]), [])).toEqual([]);
  });

  it("is wrong where it tells another story", () => {
    expect(wrong(new Map([["mbr_1", online]]), [])).toEqual(["how many are online", "presence of mbr_1"]);
    expect(wrong(new Map(), [["mbr_1", 1, 0]])).toEqual(["how many are online", "presence of mbr_1"]);
    expect(wrong(new Map([["mbr_1", online]]), [["mbr_1", 2, 2]])).toHaveLength(1);
    expect(wrong(new Map([["mbr_1", away]]), [["mbr_1", 2, 1]])).toHaveLength(1);
  });
});

describe("a tab", () => {
  const standing = (changes: Partial<TabStanding>): TabStanding => ({
    state: "live",
    reason: undefined,
    isSessionOver: false,
    memberIds: new Set(["mbr_1"]),
    memberId: "mbr_1",
    hasJoinedSince: false,
    ...changes,
  });
  const ended = { state: "ended", reason: "membership_ended" };

  it("lives while session and membership do", () => {
    expect(checkEnding(standing({}))).toBeUndefined();
    expect(checkEnding(standing({ state: "offline" }))).toBeDefined();
    expect(checkEnding(standing({ state: "ended", reason: "session_ended" }))).toBeDefined();
    expect(checkEnding(standing(ended))).toBeDefined();
  });

  it("ends with the session or the membership", () => {
    expect(checkEnding(standing({ isSessionOver: true }))).toBeDefined();
    expect(checkEnding(standing({ isSessionOver: true, state: "ended", reason: "session_ended" }))).toBeUndefined();
    expect(checkEnding(standing({ memberId: undefined }))).toBeDefined();
    expect(checkEnding(standing({ memberId: undefined, ...ended }))).toBeUndefined();
    expect(checkEnding(standing({ memberId: undefined, state: "ended", reason: "session_ended" }))).toBeDefined();
  });

  it("of one who was removed and came back may have ended, or not have known", () => {
    const back = { memberId: "mbr_2" };
    expect(checkEnding(standing({ ...back, ...ended }))).toBeUndefined();
    expect(checkEnding(standing(back))).toBeUndefined();
    expect(checkEnding(standing({ memberIds: new Set(), hasJoinedSince: true, ...ended }))).toBeUndefined();
  });
});

describe("rows and log", () => {
  const event = (type: string, ids: Record<string, string> = {}): Omit<LogEvent, "seq"> => ({
    type,
    ids,
    occurredAt: 0,
  });
  const log = [
    event("workspaces.workspace.created"),
    ...["wsrole_1", "wsrole_2", "wsrole_3"].map((id) => event("workspaces.role.created", { role_id: id })),
    event("workspaces.role.deleted", { role_id: "wsrole_3" }),
    ...["mbr_1", "mbr_2", "mbr_3"].map((id) => event("workspaces.member.joined", { member_id: id })),
    event("workspaces.member.left", { member_id: "mbr_3" }),
    ...["inv_1", "inv_2", "inv_3"].map((id) => event("workspaces.invite.created", { invite_id: id })),
    event("workspaces.invite.revoked", { invite_id: "inv_2" }),
    event("workspaces.invite.accepted", { invite_id: "inv_3" }),
    ...["team_1", "team_2"].map((id) => event("workspaces.team.created", { team_id: id })),
    event("workspaces.team.member_added", { team_id: "team_2", member_id: "mbr_1" }),
    event("workspaces.team.deleted", { team_id: "team_2" }),
    ...["mbr_2", "mbr_1"].map((id) => event("workspaces.team.member_added", { team_id: "team_1", member_id: id })),
  ].map((one, i) => ({ seq: i + 1, ...one }));

  const database = (seq: number, workspaces = new Map([["ws_1", rows]]), published = seq): DatabaseRows => ({
    epoch: "e1",
    workspaces,
    streams: [{ workspace_id: "ws_1", seq, published_seq: published }],
  });
  const wrong = (from: DatabaseRows, events: readonly LogEvent[] = log) =>
    checkRows(from, new Map([["ws_1", events]])).map((finding) => finding.what);

  it("agree", () => {
    expect(wrong(database(log.length))).toEqual([]);
  });

  it("disagree about how long the log is, or how far it was published", () => {
    expect(wrong(database(log.length + 1))).toEqual(["streams.seq"]);
    const behind = database(log.length, undefined, 3);
    expect(wrong(behind)).toEqual(["streams.published_seq"]);
    expect(checkRows(behind, new Map([["ws_1", log]]), false)).toEqual([]);
  });

  it("disagree about what there is", () => {
    const lacking = new Map([
      ["ws_1", { ...rows, teams: [], openInvites: [], teamMembers: rows.teamMembers.slice(1) }],
    ]);
    expect(wrong(database(log.length, lacking))).toEqual(["teams", "openInvites", "teamMembers"]);
    expect(wrong(database(log.length, new Map()))).toEqual(["the workspace"]);
    const deleted = [...log, { seq: log.length + 1, ...event("workspaces.workspace.deleted") }];
    expect(wrong(database(deleted.length), deleted)).toContain("the workspace");
  });
});
