import { isDeepStrictEqual } from "node:util";
import type { LogEvent, WorkspaceLog } from "./event_log.ts";
import { type DatabaseRows, type ExpectedState, mayInvite, type Table, type WorkspaceRows } from "./expected_state.ts";
import type { Finding } from "./finding.ts";

type Difference = Pick<Finding, "what" | "expected" | "got">;

/** What a tab's stores show, as plain JSON. */
export interface ShownState {
  readonly workspace: unknown;
  readonly you: string | null;
  readonly members: Table;
  readonly roles: Table;
  readonly teams: Table;
  readonly invites: Table;
  readonly subscription: unknown;
  /** As the roster tells, or in a large workspace what it was told of those it watches, who are all. */
  readonly presence: ReadonlyMap<string, { readonly online: boolean; readonly status: string }>;
  readonly onlineCount: number;
}

/** Row for row: what a member's tab shows, and what it should. */
export function compareState(shown: ShownState, expected: ExpectedState, memberId: string): Difference[] {
  const you = expected.members.get(memberId);
  const invites = you !== undefined && mayInvite(you.role) ? expected.invites : new Map();
  return [
    ...compareOne("you", shown.you, memberId),
    ...compareOne("workspace", shown.workspace, expected.workspace),
    ...compareOne("subscription", shown.subscription, expected.subscription),
    ...compareTable("members", shown.members, expected.members),
    ...compareTable("roles", shown.roles, expected.roles),
    ...compareTable("teams", shown.teams, expected.teams),
    ...compareTable("invites", shown.invites, invites),
  ];
}

function compareOne(what: string, got: unknown, expected: unknown): Difference[] {
  return isDeepStrictEqual(got, expected) ? [] : [{ what, expected, got }];
}

function compareTable(name: string, got: Table, expected: Table): Difference[] {
  const ids = new Set([...expected.keys(), ...got.keys()]);
  return [...ids].flatMap((id) => compareOne(`${name}: ${id}`, got.get(id), expected.get(id)));
}

/** How many sockets of each member live; members without are left out. */
export type LiveSockets = ReadonlyMap<string, { readonly open: number; readonly away: number }>;

/** Who a tab shows as online or away, and how many, against the sockets that live. */
export function comparePresence(shown: ShownState, live: LiveSockets): Difference[] {
  const ids = new Set([...live.keys(), ...shown.presence.keys()]);
  const count = compareOne("how many are online", shown.onlineCount, live.size);
  const each = [...ids].flatMap((id) => {
    const sockets = live.get(id);
    const expected = sockets === undefined ? "offline" : sockets.away === sockets.open ? "away" : "online";
    const got = shown.presence.get(id);
    const isRight = (got?.status ?? "offline") === expected && (got?.online ?? false) === (expected !== "offline");
    return isRight ? [] : [{ what: `presence of ${id}`, expected, got: got ?? "offline" }];
  });
  return [...count, ...each];
}

/** What is known of a tab beside its stores. */
export interface TabStanding {
  readonly state: string;
  readonly reason: string | undefined;
  readonly isSessionOver: boolean;
  /** Every member that the tab was told it is. */
  readonly memberIds: ReadonlySet<string>;
  /** The member that the tab's person is now, in the workspace that has the tab's slug. */
  readonly memberId: string | undefined;
  /** Whether they became that member only after the tab was opened. */
  readonly hasJoinedSince: boolean;
}

/** A string is why the tab can't rightly be as it is. */
export function checkEnding(standing: TabStanding): string | undefined {
  const { state, reason, isSessionOver, memberId, memberIds, hasJoinedSince } = standing;
  const was = [...memberIds].filter((id) => id !== memberId);
  if (state !== "ended") {
    if (isSessionOver) return `its session is over, and it is ${state}`;
    if (memberId === undefined) return `its person is no member, and it is ${state}`;
    return state === "live" ? undefined : `it should be live, and is ${state}`;
  }
  if (isSessionOver && reason === "session_ended") return undefined;
  // One who was removed and came back may have a tab that ended in between, and one that was away and never knew.
  const wasOut = memberId === undefined || was.length > 0 || hasJoinedSince;
  const isAboutMembership = reason === "membership_ended" || reason === "workspace_deleted";
  if (wasOut && isAboutMembership) return undefined;
  return `it ended with ${reason}; the session is ${isSessionOver ? "over" : "live"}, and the member is ${memberId ?? "gone"}`;
}

/** The ids of what should exist by a workspace's log. */
function survivorsOf(
  log: WorkspaceLog,
): Record<"members" | "roles" | "teams" | "openInvites" | "teamMembers", Set<string>> {
  const sets = {
    members: new Set<string>(),
    roles: new Set<string>(),
    teams: new Set<string>(),
    openInvites: new Set<string>(),
    teamMembers: new Set<string>(),
  };
  for (const event of log) apply(event, sets);
  return sets;
}

function apply({ type, ids }: LogEvent, sets: ReturnType<typeof survivorsOf>): void {
  const { member_id: member = "", role_id: role = "", team_id: team = "", invite_id: invite = "" } = ids;
  if (type === "workspaces.member.joined") sets.members.add(member);
  if (type === "workspaces.member.left") sets.members.delete(member);
  if (type === "workspaces.role.created") sets.roles.add(role);
  if (type === "workspaces.role.deleted") sets.roles.delete(role);
  if (type === "workspaces.invite.created") sets.openInvites.add(invite);
  if (type === "workspaces.invite.revoked" || type === "workspaces.invite.accepted") sets.openInvites.delete(invite);
  if (type === "workspaces.team.created") sets.teams.add(team);
  if (type === "workspaces.team.member_added") sets.teamMembers.add(`${team} ${member}`);
  if (type === "workspaces.team.member_removed") sets.teamMembers.delete(`${team} ${member}`);
  if (type !== "workspaces.team.deleted") return;
  sets.teams.delete(team);
  for (const one of sets.teamMembers) if (one.startsWith(`${team} `)) sets.teamMembers.delete(one);
}

/**
 * Whether the rows are what the log tells of, and the streams say how long it is; and that all of it was published, where
 * they tell that.
 */
export function checkRows(
  database: DatabaseRows,
  logs: ReadonlyMap<string, WorkspaceLog>,
  tellsPublished = true,
): Finding[] {
  const found = (where: string, difference: Difference): Finding => ({ check: "rows", where, ...difference });
  const findings: Finding[] = [];
  for (const stream of database.streams) {
    const id = String(stream.workspace_id);
    const log = logs.get(id) ?? [];
    if (stream.seq !== log.length) {
      findings.push(found(id, { what: "streams.seq", expected: log.length, got: stream.seq }));
    }
    if (tellsPublished && stream.published_seq !== stream.seq) {
      findings.push(found(id, { what: "streams.published_seq", expected: stream.seq, got: stream.published_seq }));
    }
    const rows = database.workspaces.get(id);
    const isDeleted = log.at(-1)?.type === "workspaces.workspace.deleted";
    if (isDeleted !== (rows === undefined)) {
      findings.push(found(id, { what: "the workspace", expected: isDeleted ? "none" : "a row", got: rows?.workspace }));
    }
    if (rows !== undefined) findings.push(...compareSurvivors(rows, log).map((difference) => found(id, difference)));
  }
  return findings;
}

function compareSurvivors(rows: WorkspaceRows, log: WorkspaceLog): Difference[] {
  const expected = survivorsOf(log);
  const got = {
    members: rows.members.map((row) => String(row.id)),
    roles: rows.roles.map((row) => String(row.id)),
    teams: rows.teams.map((row) => String(row.id)),
    openInvites: rows.openInvites.map((row) => String(row.id)),
    teamMembers: rows.teamMembers.map((row) => `${row.team_id} ${row.member_id}`),
  };
  return Object.entries(got).flatMap(([name, ids]) =>
    compareOne(name, [...ids].sort(), [...expected[name as keyof typeof got]].sort()),
  );
}
