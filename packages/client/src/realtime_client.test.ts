import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import type { RealtimeClient } from "./realtime_client.ts";
import { SnapshotRefused } from "./snapshot.ts";
import { epoch, ids, member, presence, role, ScriptedServer, snapshot } from "./testing/scripted_server.ts";

let server: ScriptedServer;
let client: RealtimeClient;

beforeEach(() => {
  vi.useFakeTimers();
  server = new ScriptedServer();
});
afterEach(() => {
  client.close();
  vi.useRealTimers();
});

const settle = () => vi.advanceTimersByTimeAsync(20);
const status = () => client.status.get();

async function goLive(seq = 10): Promise<void> {
  client = server.connect();
  server.answer = async () => snapshot(seq);
  server.socket.hello(seq);
  await settle();
  expect(status()).toEqual({ state: "live" });
}

describe("hydration", () => {
  it("goes from connecting through catching up to live", async () => {
    client = server.connect();
    expect(status()).toEqual({ state: "connecting" });
    server.socket.hello(10);
    expect(status()).toEqual({ state: "catching-up" });
    await settle();
    expect(status()).toEqual({ state: "live" });
    expect([...client.stores.members.get().keys()]).toEqual([ids.ada, ids.grace]);
    expect(client.stores.you.get()).toBe(ids.ada);
    expect(client.cursor).toEqual({ epoch, seq: 10 });
  });

  it("applies what arrived while the snapshot was fetched, but for what the snapshot holds already", async () => {
    client = server.connect();
    server.answer = async () => snapshot(11, { workspace: { ...snapshot(0).workspace, name: "At 11" } });
    server.socket.hello(10);
    server.socket.say({ type: "workspace.updated", seq: 11, workspace: { ...snapshot(0).workspace, name: "stale" } });
    server.socket.say({ type: "workspace.member.joined", seq: 12, member: member(ids.alan, "Alan") });
    await settle();
    expect(client.stores.workspace.get()?.name).toBe("At 11");
    expect(client.stores.members.get().has(ids.alan)).toBe(true);
    expect(client.cursor?.seq).toBe(12);
  });

  it("asks again until the snapshot is as new as hello", async () => {
    client = server.connect();
    server.answer = async () => snapshot(server.snapshotRequests.length + 7);
    server.socket.hello(10);
    await vi.advanceTimersByTimeAsync(60_000 / 60);
    expect(server.snapshotRequests.length).toBe(3);
    expect(client.cursor?.seq).toBe(10);
  });

  it("tries again when the snapshot can't be had", async () => {
    client = server.connect();
    server.answer = async () => {
      if (server.snapshotRequests.length < 3) throw new TypeError("network");
      return snapshot(10);
    };
    server.socket.hello(10);
    await vi.advanceTimersByTimeAsync(2_000);
    expect(status()).toEqual({ state: "live" });
  });

  it("ends when the snapshot is refused", async () => {
    for (const [code, reason] of [
      [401, "session_ended"],
      [403, "membership_ended"],
      [404, "membership_ended"],
    ] as const) {
      client = server.connect();
      server.answer = () => Promise.reject(new SnapshotRefused(code));
      server.socket.hello(10);
      await settle();
      expect(status()).toEqual({ state: "ended", reason });
    }
  });

  it("shows a snapshot that it was given, and asks the server to go on from there", async () => {
    client = server.connect({ snapshot: snapshot(10) });
    expect(client.stores.members.get().size).toBe(2);
    expect(client.stores.presence.get().has(ids.ada)).toBe(true);
    expect(server.socket.url.searchParams.get("after")).toBe("10");
    expect(server.socket.url.searchParams.get("epoch")).toBe(epoch);
    server.socket.hello(10);
    expect(server.socket.received).toEqual([{ type: "ping" }]);
    expect(status()).toEqual({ state: "catching-up" });
    server.socket.pong(10);
    expect(status()).toEqual({ state: "live" });
    expect(server.snapshotRequests).toEqual([]);
  });

  it("fetches anew when the server can't go on from the cursor", async () => {
    client = server.connect({ snapshot: snapshot(10) });
    server.answer = async () => snapshot(40);
    server.socket.hello(40);
    await settle();
    expect(client.cursor?.seq).toBe(40);
    expect(server.snapshotRequests.length).toBe(1);
  });

  it("fetches once where a resync says why it can't", async () => {
    client = server.connect({ snapshot: snapshot(10) });
    server.answer = async () => snapshot(40);
    server.socket.hello(40);
    server.socket.say({ type: "resync", epoch, seq: 40, reason: "log_trimmed" });
    await settle();
    expect(client.cursor?.seq).toBe(40);
    expect(status()).toEqual({ state: "live" });
    expect(server.snapshotRequests.length).toBe(1);
  });

  it("goes on from its cursor with what it missed, and fetches nothing", async () => {
    client = server.connect({ snapshot: snapshot(10) });
    server.socket.hello(10);
    server.socket.say({ type: "workspace.member.left", seq: 12, memberId: ids.grace });
    server.socket.pong(14);
    await settle();
    expect(client.stores.members.get().has(ids.grace)).toBe(false);
    expect(client.cursor?.seq).toBe(14);
    expect(status()).toEqual({ state: "live" });
    expect(server.snapshotRequests.length).toBe(0);
  });

  it("fetches anew when the epoch is another, as after a restore", async () => {
    client = server.connect({ snapshot: snapshot(10) });
    server.answer = async () => snapshot(3, { epoch: "restored" });
    server.socket.hello(3, { epoch: "restored" });
    await settle();
    expect(client.cursor).toEqual({ epoch: "restored", seq: 3 });
  });

  it("fetches anew on resync, and holds back what arrives meanwhile", async () => {
    await goLive();
    let deliver: (value: ReturnType<typeof snapshot>) => void = () => {};
    server.answer = () => new Promise((resolve) => (deliver = resolve));
    server.socket.say({ type: "resync", epoch, seq: 20, reason: "permissions" });
    expect(status()).toEqual({ state: "catching-up" });
    expect(client.cursor).toBeUndefined();
    server.socket.say({ type: "workspace.member.left", seq: 21, memberId: ids.grace });
    await settle();
    expect(client.stores.members.get().has(ids.grace)).toBe(true);
    deliver(snapshot(20));
    await settle();
    expect(client.stores.members.get().has(ids.grace)).toBe(false);
    expect(status()).toEqual({ state: "live" });
    expect(client.cursor?.seq).toBe(21);
  });

  it("keeps the presence that it heard of while it fetches, though it must fetch anew", async () => {
    await goLive();
    let deliver: (value: ReturnType<typeof snapshot>) => void = () => {};
    server.answer = () => new Promise((resolve) => (deliver = resolve));
    server.socket.say({ type: "resync", epoch, seq: 20, reason: "permissions" });
    server.socket.say({ type: "presence.update", ...presence(ids.grace, "away") });
    server.socket.say({ type: "resync", epoch, seq: 30, reason: "permissions" });
    deliver(snapshot(30));
    await settle();
    expect(client.stores.presence.get().get(ids.grace)?.status).toBe("away");
  });

  it("forgets the presence of a member who left while it fetched", async () => {
    client = server.connect();
    let deliver: (value: ReturnType<typeof snapshot>) => void = () => {};
    server.answer = () => new Promise((resolve) => (deliver = resolve));
    server.socket.hello(10, { presence: [presence(ids.ada), presence(ids.grace)] });
    server.socket.say({ type: "workspace.member.left", seq: 11, memberId: ids.grace });
    deliver(snapshot(11, { members: [snapshot(0).you] }));
    await settle();
    expect([...client.stores.presence.get().keys()]).toEqual([ids.ada]);
  });

  it("forgets it too when it was told to fetch anew behind that", async () => {
    client = server.connect();
    let deliver: (value: ReturnType<typeof snapshot>) => void = () => {};
    server.answer = () => new Promise((resolve) => (deliver = resolve));
    server.socket.hello(10, { presence: [presence(ids.ada), presence(ids.grace)] });
    server.socket.say({ type: "workspace.member.left", seq: 11, memberId: ids.grace });
    server.socket.say({ type: "resync", epoch, seq: 12, reason: "permissions" });
    await settle();
    deliver(snapshot(12, { members: [snapshot(0).you] }));
    await settle();
    expect([...client.stores.presence.get().keys()]).toEqual([ids.ada]);
  });

  it("keeps the identity of what a new snapshot didn't change", async () => {
    await goLive();
    const before = client.stores.members.get();
    server.answer = async () => snapshot(20, { members: [snapshot(0).you, member(ids.grace, "Grace Hopper")] });
    server.socket.say({ type: "resync", epoch, seq: 20, reason: "event_lost" });
    await settle();
    const after = client.stores.members.get();
    expect(after.get(ids.ada)).toBe(before.get(ids.ada));
    expect(after.get(ids.grace)?.name).toBe("Grace Hopper");
  });
});

describe("events", () => {
  it("passes over none that waits when one of the app's own follows", async () => {
    await goLive();
    server.socket.say({ type: "workspace.member.left", seq: 11, memberId: ids.grace });
    server.socket.sayRaw('{"type":"card.added","seq":12}');
    await settle();
    expect(client.stores.members.get().has(ids.grace)).toBe(false);
    expect(client.cursor?.seq).toBe(12);
  });

  it("costs each store one notification for a burst", async () => {
    await goLive();
    const members = vi.fn();
    const teams = vi.fn();
    client.stores.members.subscribe(members);
    client.stores.teams.subscribe(teams);
    for (let seq = 11; seq < 111; seq++) {
      server.socket.say({ type: "workspace.member.updated", seq, member: member(ids.grace, `Grace ${seq}`) });
    }
    await vi.advanceTimersByTimeAsync(200);
    expect(members).toHaveBeenCalledTimes(1);
    expect(teams).not.toHaveBeenCalled();
    expect(client.stores.members.get().get(ids.grace)?.name).toBe("Grace 110");
    expect(client.cursor?.seq).toBe(110);
  });

  it("ignores an event that it has applied before", async () => {
    await goLive();
    server.socket.say({ type: "workspace.member.left", seq: 9, memberId: ids.grace });
    await vi.advanceTimersByTimeAsync(200);
    expect(client.stores.members.get().has(ids.grace)).toBe(true);
  });

  it("shows taps every event at once, and survives one that throws", async () => {
    await goLive();
    const thrown = vi.fn();
    process.once("uncaughtException", thrown);
    const seen: string[] = [];
    client.onEvent(() => {
      throw new Error("a faulty tap");
    });
    const stop = client.onEvent((event, frame) => seen.push(`${event.type} ${frame.size > 20}`));
    vi.spyOn(globalThis, "queueMicrotask").mockImplementationOnce((run) => {
      expect(run).toThrow("a faulty tap");
    });
    server.socket.say({ type: "presence.update", ...presence(ids.grace) });
    expect(seen).toEqual(["presence.update true"]);
    stop();
    vi.spyOn(globalThis, "queueMicrotask").mockImplementationOnce(() => {});
    server.socket.say({ type: "presence.update", ...presence(ids.grace, "away") });
    expect(seen.length).toBe(1);
    process.removeListener("uncaughtException", thrown);
  });

  it("counts and drops every kind of malformed frame", async () => {
    await goLive();
    const before = client.stores.members.get();
    const frames = [
      "",
      "{",
      "null",
      "[]",
      "7",
      "{}",
      '{"type":7}',
      '{"type":"workspace.member.joined","seq":11}',
      '{"type":"workspace.member.joined","seq":11,"member":null}',
      '{"type":"workspace.member.joined","seq":"11","member":{}}',
      '{"type":"workspace.member.left","memberId":"mbr_x"}',
      '{"type":"workspace.member.left","seq":11,"memberId":"user_x"}',
      '{"type":"workspace.member.left","seq":11.5,"memberId":"mbr_x"}',
      '{"type":"presence.update","memberId":"mbr_x","online":1,"status":"online","lastSeenAt":null}',
      '{"type":"presence.update","memberId":"mbr_x","online":true,"status":"asleep","lastSeenAt":null}',
      '{"type":"presence.update","memberId":"mbr_x","online":true,"status":"online","lastSeenAt":"yesterday"}',
      '{"type":"presence.update","memberId":"mbr_x","online":true,"status":"online"}',
      '{"type":"team.created","seq":11,"team":{"id":"team_x","memberIds":"none"}}',
      '{"type":"__proto__"}',
      new ArrayBuffer(4),
    ];
    for (const frame of frames) server.socket.sayRaw(frame);
    await settle();
    // "__proto__" is a type like any other that isn't known.
    expect(client.dropped).toEqual({ malformed: frames.length - 1, unknown: 1 });
    expect(client.stores.members.get()).toBe(before);
    expect(status()).toEqual({ state: "live" });
  });

  it("leaves aside what a newer server may say, and moves its cursor past it", async () => {
    await goLive();
    server.socket.sayRaw('{"type":"workspace.painted","seq":11,"colour":"red"}');
    expect(client.dropped.unknown).toBe(1);
    expect(client.cursor?.seq).toBe(11);
  });

  it("hands an app's own events to those who listen for them", async () => {
    await goLive();
    const own = vi.fn();
    const stop = client.onUnknownEvent(own);
    server.socket.sayRaw('{"type":"board.card.moved","card":"c1"}');
    stop();
    server.socket.sayRaw('{"type":"board.card.moved","card":"c2"}');
    expect(own.mock.calls).toEqual([[{ type: "board.card.moved", card: "c1" }]]);
    expect(client.dropped.unknown).toBe(1);
  });

  it("moves its cursor with pong past events for other eyes", async () => {
    await goLive();
    server.socket.pong(17);
    expect(client.cursor?.seq).toBe(17);
  });

  it("tells at once what one may do as one's role changes", async () => {
    await goLive();
    expect(client.can("teams.manage")).toBe(true);
    const demoted = role(ids.owner, "Owner", { permissions: [] });
    server.socket.say({ type: "workspace.role.updated", seq: 11, role: demoted });
    await vi.advanceTimersByTimeAsync(200);
    expect(client.can("teams.manage")).toBe(false);
  });
});

describe("sending", () => {
  it("keeps client events while away, and sends them in order when connected", async () => {
    client = server.connect();
    client.send({ type: "presence.watch", memberIds: [ids.ada] });
    client.send({ type: "room.leave", room: "doc" });
    expect(server.socket.received).toEqual([]);
    server.socket.hello(10);
    expect(server.socket.received).toEqual([
      { type: "presence.watch", memberIds: [ids.ada] },
      { type: "room.leave", room: "doc" },
    ]);
  });

  it("keeps at most a hundred, and drops the oldest", async () => {
    client = server.connect();
    const first = client.request({ type: "room.join", room: "0" });
    const refused = expect(first).rejects.toMatchObject({ code: "dropped" });
    for (let i = 1; i <= 100; i++) client.send({ type: "room.join", room: String(i) });
    await refused;
    server.socket.hello(10);
    expect(server.socket.received.length).toBe(100);
    expect(server.socket.received[0]).toEqual({ type: "room.join", room: "1" });
  });

  it("matches replies and errors with what was asked", async () => {
    await goLive();
    const good = client.request({ type: "room.leave", room: "a" });
    const bad = client.request({ type: "room.join", room: "b" });
    const refused = expect(bad).rejects.toMatchObject({ code: "room.unknown", message: "no such room" });
    server.socket.say({ type: "error", ref: "2", code: "room.unknown", message: "no such room" });
    server.socket.say({ type: "reply", ref: "1", ok: true });
    server.socket.say({ type: "reply", ref: "99", ok: true });
    await good;
    await refused;
  });

  it("gives up on a reply after a while, and when the client ends", async () => {
    await goLive();
    const late = expect(client.request({ type: "room.leave", room: "a" })).rejects.toMatchObject({ code: "timeout" });
    await vi.advanceTimersByTimeAsync(15_000);
    await late;
    const ended = expect(client.request({ type: "room.leave", room: "a" })).rejects.toMatchObject({ code: "closed" });
    client.close();
    await ended;
    await expect(client.request({ type: "room.leave", room: "a" })).rejects.toMatchObject({ code: "closed" });
  });
});
