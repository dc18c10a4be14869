import { describe, expect, it } from "vitest";
import type { LogEvent } from "./event_log.ts";
import { ConnectionRecord, type Entry, type RoleWord, type SessionRecord } from "./recording.ts";
import { checkStream } from "./stream_checks.ts";

const epoch = "e1";
const self = "mbr_self";
const occurredAt = 1_000;

/** A log from the types and the id that each is about, in order. */
function logOf(...events: readonly (readonly [type: string, id?: string])[]): LogEvent[] {
  const idName = (type: string) => `${type.split(".")[1]}_id`;
  return events.map(([type, id], i) => ({
    seq: i + 1,
    type,
    ids: id === undefined ? {} : { [idName(type)]: id },
    occurredAt: occurredAt + i,
  }));
}

const hello = (seq: number): Entry => ({ kind: "hello", at: 0, seq, epoch });
const pong = (seq: number): Entry => ({ kind: "pong", at: 0, seq });
const resync = (seq: number, reason: string): Entry => ({ kind: "resync", at: 0, seq, reason });
const event = (seq: number, type: string, entity: string, role?: RoleWord): Entry =>
  role === undefined ? { kind: "event", at: 0, seq, type, entity } : { kind: "event", at: 0, seq, type, entity, role };
const ownRole = (mayInvite: boolean): RoleWord => ({ roleId: "wsrole_1", memberId: self, mayInvite });

interface Circumstances {
  after?: number;
  roleBefore?: RoleWord;
  session?: SessionRecord;
}

function connection(entries: readonly Entry[], { after, roleBefore, session }: Circumstances = {}): ConnectionRecord {
  const query = after === undefined ? "" : `&after=${after}&epoch=${epoch}`;
  const record = new ConnectionRecord(session ?? { id: 1 }, `ws://node/v1/ws?workspace=acme${query}`, roleBefore);
  record.memberId = self;
  record.entries.push(...entries);
  return record;
}

const findings = (record: ConnectionRecord, log: readonly LogEvent[]) =>
  checkStream(record, log, "a tab").map(({ check, what }) => `${check}: ${what}`);

const teams = logOf(
  ["workspaces.team.created", "team_1"],
  ["workspaces.team.updated", "team_1"],
  ["workspaces.team.created", "team_2"],
  ["workspaces.team.updated", "team_2"],
);
const frames = [
  event(1, "team.created", "team_1"),
  event(2, "team.updated", "team_1"),
  event(3, "team.created", "team_2"),
  event(4, "team.updated", "team_2"),
] as const;

describe("one whose role changes twice in a cluster", () => {
  const log = logOf(
    ["workspaces.role.updated", "wsrole_1"],
    ["workspaces.invite.created", "inv_1"],
    ["workspaces.role.updated", "wsrole_1"],
  );
  const role = (seq: number, mayInvite: boolean, at: number): Entry => ({
    ...(event(seq, "workspace.role.updated", "wsrole_1", { roleId: "wsrole_1", mayInvite }) as Entry & {
      kind: "event";
    }),
    at,
  });
  const told = (at: number) => {
    const record = connection([hello(0), role(1, true, at), role(3, false, at), pong(3)], {
      after: 0,
      roleBefore: ownRole(false),
    });
    record.entries.splice(1, 0, pong(0));
    return record;
  };
  const elsewhere = { mayNotKnow: () => false };

  it("may be kept from an invite in between, if the node could know of the second change by then", () => {
    expect(checkStream(told(occurredAt + 2), log, "tab", elsewhere)).toEqual([]);
    expect(checkStream(told(occurredAt + 1), log, "tab", elsewhere).map(({ check }) => check)).toEqual(["audience"]);
    expect(checkStream(told(occurredAt + 2), log, "tab").map(({ check }) => check)).toEqual(["audience"]);
  });

  it("is known again after a lost event only from their next change of role on", () => {
    const record = told(occurredAt + 1);
    record.entries.splice(3, 0, resync(1, "event_lost"));
    expect(checkStream(record, log, "tab", elsewhere)).toEqual([]);
  });
});

describe("a stream that went on from a cursor", () => {
  it("may lose an event later, and say so", () => {
    const entries = [hello(1), ...frames.slice(1, 3), resync(3, "event_lost"), ...frames.slice(3), pong(4)];
    expect(findings(connection(entries, { after: 1 }), teams)).toEqual([]);
  });
});

describe("a stream from hello on", () => {
  it("may have every event once, in order", () => {
    expect(findings(connection([hello(0), ...frames, pong(4)]), teams)).toEqual([]);
  });

  it("may not leave one out", () => {
    const faults = findings(connection([hello(0), frames[0], frames[1], frames[3]]), teams);
    expect(faults).toEqual([expect.stringMatching(/^missing: seq 3/)]);
  });

  it("may not leave out the last, once a pong tells of it", () => {
    expect(findings(connection([hello(0), ...frames.slice(0, 3)]), teams)).toEqual([]);
    const faults = findings(connection([hello(0), ...frames.slice(0, 3), pong(4)]), teams);
    expect(faults).toEqual([expect.stringMatching(/^missing: seq 4/)]);
  });

  it("may not send one twice, nor out of order, nor one that hello counts as sent", () => {
    expect(findings(connection([hello(0), frames[0], frames[0]]), teams)).toEqual([expect.stringMatching(/^order/)]);
    expect(findings(connection([hello(0), frames[1], frames[0]]), teams)).toEqual([expect.stringMatching(/^order/)]);
    expect(findings(connection([hello(2), frames[1]]), teams)).toEqual([expect.stringMatching(/^order/)]);
    expect(findings(connection([hello(0), frames[0], pong(2), frames[1]]), teams)).toHaveLength(1);
  });

  it("begins with hello, which is said once", () => {
    expect(findings(connection([frames[0], hello(1)]), teams)).toHaveLength(1);
    expect(findings(connection([hello(0), hello(0)]), teams)).toHaveLength(1);
  });

  it("may not send what the log doesn't have", () => {
    const phantom = event(5, "team.updated", "team_2");
    expect(findings(connection([hello(4), phantom]), teams)).toEqual([expect.stringMatching(/^log/)]);
    const other = event(4, "team.updated", "team_1");
    expect(findings(connection([hello(3), other]), teams)).toEqual([expect.stringMatching(/^log/)]);
    const deleted = event(4, "team.deleted", "team_2");
    expect(findings(connection([hello(3), deleted]), teams)).toEqual([expect.stringMatching(/^log/)]);
  });

  it("may leave out what a later event deleted, and what is told to nobody", () => {
    const log = logOf(
      ["workspaces.workspace.created"],
      ["workspaces.team.created", "team_1"],
      ["workspaces.team.deleted", "team_1"],
    );
    expect(findings(connection([hello(0), event(3, "team.deleted", "team_1")]), log)).toEqual([]);
    expect(findings(connection([hello(0), pong(3)]), log)).toEqual([expect.stringMatching(/^missing: seq 3/)]);
  });

  it("counts a frame that can't be read", () => {
    expect(findings(connection([hello(0), { kind: "fault", at: 0, reason: "not JSON" }]), teams)).toHaveLength(1);
  });
});

describe("a stream that goes on from a cursor", () => {
  it("may tell of each entity once, as it is now", () => {
    const resumed = connection([hello(0), frames[1], frames[3], pong(4)], { after: 0 });
    expect(findings(resumed, teams)).toEqual([]);
    const asCreated = event(4, "team.created", "team_2");
    expect(findings(connection([hello(0), frames[1], asCreated, pong(4)], { after: 0 }), teams)).toEqual([]);
  });

  it("may not leave an entity out", () => {
    const faults = findings(connection([hello(0), frames[3], pong(4)], { after: 0 }), teams);
    expect(faults).toEqual([expect.stringMatching(/^missing: seq 2/)]);
  });

  it("may not leave out the last before it goes live", () => {
    const faults = findings(connection([hello(1), frames[1], frames[2], pong(4)], { after: 1 }), teams);
    expect(faults).toEqual([expect.stringMatching(/^missing: seq 4/)]);
  });

  it("leaves out nothing behind what was replayed", () => {
    const faults = findings(connection([hello(2), pong(2), frames[3]], { after: 2 }), teams);
    expect(faults).toEqual([expect.stringMatching(/^missing: seq 3/)]);
  });

  it("may not repeat what the cursor holds", () => {
    const faults = findings(connection([hello(1), frames[1], frames[2], frames[3]], { after: 2 }), teams);
    expect(faults).toEqual([expect.stringMatching(/^order/)]);
  });

  it("may send a resync instead, which covers what was before it, and no more", () => {
    const resynced = connection([hello(0), resync(3, "log_trimmed"), frames[3]], { after: 0 });
    expect(findings(resynced, teams)).toEqual([]);
    const faults = findings(connection([hello(0), resync(3, "log_trimmed"), pong(4)], { after: 0 }), teams);
    expect(faults).toEqual([expect.stringMatching(/^missing: seq 4/)]);
  });

  it("may not begin elsewhere without a word", () => {
    expect(findings(connection([hello(4), resync(4, "too_far_behind"), pong(4)], { after: 1 }), teams)).toEqual([]);
    const faults = findings(connection([hello(4), pong(4)], { after: 1 }), teams);
    expect(faults).toEqual([expect.stringMatching(/^missing: hello/)]);
  });

  it("may not use a resync for permissions to skip what came before it", () => {
    const record = connection([hello(0), frames[0], frames[1], resync(3, "permissions"), frames[3]]);
    expect(findings(record, teams)).toEqual([expect.stringMatching(/^missing: seq 3/)]);
  });
});

describe("invites", () => {
  const log = logOf(
    ["workspaces.member.role_changed", self],
    ["workspaces.invite.created", "inv_1"],
    ["workspaces.team.created", "team_1"],
  );
  const invite = event(2, "workspace.invite.created", "inv_1");
  const team = event(3, "team.created", "team_1");
  const changed = (mayInvite: boolean) => event(1, "workspace.member.role_changed", self, ownRole(mayInvite));
  const snapshot = (mayInvite: boolean): Entry => ({ kind: "snapshot", at: 0, seq: 1, role: ownRole(mayInvite) });

  it("reach one who may see them", () => {
    expect(findings(connection([hello(0), changed(true), invite, team]), log)).toEqual([]);
    expect(findings(connection([hello(0), changed(true), team]), log)).toEqual([expect.stringMatching(/^audience/)]);
    expect(findings(connection([hello(1), snapshot(true), team]), log)).toEqual([expect.stringMatching(/^audience/)]);
  });

  it("reach nobody else", () => {
    expect(findings(connection([hello(0), changed(false), team]), log)).toEqual([]);
    expect(findings(connection([hello(0), changed(false), invite]), log)).toEqual([expect.stringMatching(/^audience/)]);
    expect(findings(connection([hello(1), snapshot(false), invite]), log)).toEqual([
      expect.stringMatching(/^audience/),
    ]);
  });

  it("are not replayed to one who may not see them", () => {
    const record = connection([hello(1), invite, pong(3)], { after: 1, roleBefore: ownRole(false) });
    expect(findings(record, log)).toEqual([
      expect.stringMatching(/^missing: seq 3/),
      expect.stringMatching(/^audience/),
    ]);
  });

  it("follow changes of the role, and not what another frame tells ahead of them", () => {
    const changes = logOf(
      ["workspaces.member.role_changed", self],
      ["workspaces.member.updated", self],
      ["workspaces.invite.created", "inv_1"],
      ["workspaces.member.role_changed", self],
    );
    const ahead = event(2, "workspace.member.updated", self, ownRole(true));
    const granted = event(4, "workspace.member.role_changed", self, ownRole(true));
    expect(findings(connection([hello(0), changed(false), ahead, granted]), changes)).toEqual([]);
  });

  it("follow a change that arrived ahead of the snapshot it came after", () => {
    const changes = logOf(
      ["workspaces.team.created", "team_0"],
      ["workspaces.role.updated", "wsrole_1"],
      ["workspaces.invite.created", "inv_1"],
      ["workspaces.team.created", "team_1"],
    );
    const forbidden = event(2, "workspace.role.updated", "wsrole_1", { roleId: "wsrole_1", mayInvite: false });
    const last = event(4, "team.created", "team_1");
    expect(findings(connection([hello(1), forbidden, snapshot(true), last]), changes)).toEqual([]);
    expect(findings(connection([hello(1), snapshot(true), forbidden, last]), changes)).toEqual([]);
  });

  it("may go either way where the role had changed by the time of hello, though the stream was not there yet", () => {
    const changes = logOf(
      ["workspaces.team.created", "team_0"],
      ["workspaces.invite.created", "inv_1"],
      ["workspaces.team.created", "team_1"],
      ["workspaces.role.updated", "wsrole_1"],
    );
    const late = (at: number) => connection([{ ...hello(1), at }, snapshot(true), event(3, "team.created", "team_1")]);
    expect(findings(late(occurredAt + 3), changes)).toEqual([]);
    expect(findings(late(occurredAt + 2), changes)).toEqual([expect.stringMatching(/^audience: seq 2/)]);
  });

  it("may go either way where it can't be told", () => {
    expect(findings(connection([hello(1), invite, team]), log)).toEqual([]);
    expect(findings(connection([hello(1), team]), log)).toEqual([]);
  });
});

describe("one who is out", () => {
  const log = logOf(["workspaces.member.left", self], ["workspaces.team.created", "team_1"]);
  const left = event(1, "workspace.member.left", self);

  it("hears no more, and is closed with 4403", () => {
    const record = connection([hello(0), left]);
    Object.assign(record, { closedAt: 10, closeCode: 4403 });
    expect(findings(record, log)).toEqual([]);
    record.entries.push({ kind: "other", at: 0, type: "presence.update" });
    expect(findings(record, log)).toEqual([expect.stringMatching(/^out: a frame/)]);
  });

  it("may not stay connected, nor be closed as if nothing had happened", () => {
    const record = connection([hello(0), left]);
    expect(findings(record, log)).toEqual([expect.stringMatching(/^out: .*still open/)]);
    Object.assign(record, { closedAt: 10, closeCode: 1006 });
    expect(findings(record, log)).toEqual([expect.stringMatching(/^out: .*1006/)]);
    record.disturbedAt = 5;
    expect(findings(record, log)).toEqual([]);
  });

  it("hears nothing of later even if the leaving itself was not told", () => {
    const record = connection([hello(1), event(2, "team.created", "team_1")]);
    expect(findings(record, log)).toEqual([expect.stringMatching(/^out: seq 2/)]);
  });

  it("hears nothing that happened after the session had ended", () => {
    const frame = event(2, "team.created", "team_1");
    const stranger = logOf(["workspaces.member.left", "mbr_other"], ["workspaces.team.created", "team_1"]);
    const ended = (endedAt: number) => connection([hello(1), frame], { session: { id: 1, endedAt } });
    expect(findings(ended(occurredAt + 1), stranger)).toEqual([]);
    expect(findings(ended(occurredAt), stranger)).toEqual([expect.stringMatching(/^out: seq 2/)]);
  });

  it("may hear it from a node that can't have known yet", () => {
    const frame = event(2, "team.created", "team_1");
    const stranger = logOf(["workspaces.member.left", "mbr_other"], ["workspaces.team.created", "team_1"]);
    const record = connection([hello(1), frame], { session: { id: 1, endedAt: occurredAt } });
    const asked: number[][] = [];
    const others = (answer: boolean) => ({
      mayNotKnow(endedAt: number, sentAt: number) {
        asked.push([endedAt, sentAt]);
        return answer;
      },
    });
    expect(checkStream(record, stranger, "tab", others(true))).toEqual([]);
    expect(checkStream(record, stranger, "tab", others(false)).map(({ check }) => check)).toEqual(["out"]);
    expect(asked[0]).toEqual([occurredAt, frame.at]);
  });
});
