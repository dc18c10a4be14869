import { readFile } from "node:fs/promises";
import { join } from "node:path";
import type { MemberId, ServerEvent } from "@orbit/catalog";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { replyDeadlineMs } from "../outbox.ts";
import type { RealtimeClient } from "../realtime_client.ts";
import { ids, ScriptedServer, type ScriptedSocket, snapshot } from "../testing/scripted_server.ts";
import { tickMs } from "./latest_signal.ts";
import { messagesASecond, messagesAtOnce } from "./pace.ts";
import { openRoom, Room } from "./room.ts";
import { kindLimit, payloadLimit, waitingLimit } from "./room_membership.ts";
import { eachKinds } from "./room_state.ts";

const id = ids.engines;
let server: ScriptedServer;
let client: RealtimeClient;

beforeEach(() => {
  vi.useFakeTimers();
  server = new ScriptedServer();
  client = server.connect();
});
afterEach(() => {
  client.close();
  vi.useRealTimers();
});

const settle = () => vi.advanceTimersByTimeAsync(20);

interface Sent {
  readonly type: string;
  readonly ref?: string;
  readonly room?: string;
  readonly kind?: string;
  readonly payload?: unknown;
}
const sent = (type: string, socket: ScriptedSocket = server.socket) =>
  (socket.received as Sent[]).filter((message) => message.type === type);
const payloads = (kind: string) =>
  sent("room.signal")
    .filter((message) => message.kind === kind)
    .map((message) => message.payload);

async function goLive(): Promise<void> {
  server.socket.hello(10);
  server.socket.pong(10);
  await settle();
}

const joined = (...members: MemberId[]): ServerEvent => ({
  type: "room.joined",
  room: id,
  members: [ids.ada, ...members],
});
const cursor = (memberId: MemberId, payload: unknown): ServerEvent => ({
  type: "room.signal",
  room: id,
  memberId,
  kind: "cursor",
  payload,
});

/** Lets in whoever has asked last. */
async function letIn(...members: MemberId[]): Promise<void> {
  const ref = sent("room.join").at(-1)?.ref ?? "";
  server.socket.say(joined(...members), { type: "reply", ref, ok: true });
  await settle();
}

async function refuse(code: string): Promise<void> {
  const ref = sent("room.join").at(-1)?.ref ?? "";
  server.socket.say({ type: "error", ref, code, message: "no" });
  await settle();
}

async function leave(room: Room): Promise<void> {
  room.close();
  await settle();
}

describe("coming in", () => {
  it("asks once there is a connection, and shows who is there", async () => {
    const room = openRoom(client, id);
    expect(room.status.get()).toEqual({ state: "joining" });
    await goLive();
    expect(sent("room.join")).toMatchObject([{ room: id }]);
    await letIn(ids.grace);
    expect(room.status.get()).toEqual({ state: "joined" });
    expect([...room.peers.get().keys()]).toEqual([ids.grace]);
  });

  it("asks at once where there is one", async () => {
    await goLive();
    const room = openRoom(client, id);
    expect(sent("room.join").length).toBe(1);
    await letIn();
    expect(room.status.get()).toEqual({ state: "joined" });
  });

  it("does nothing until it is opened", async () => {
    await goLive();
    const room = new Room(client, id);
    expect(room.signal("cursor", 1)).toBe(false);
    expect(sent("room.join")).toEqual([]);
  });

  it("tells why it is refused, and asks again when told to", async () => {
    await goLive();
    const room = openRoom(client, id);
    await refuse("room.forbidden");
    expect(room.status.get()).toEqual({ state: "refused", code: "room.forbidden" });
    expect(room.signal("cursor", 1)).toBe(false);
    await vi.advanceTimersByTimeAsync(10_000);
    expect(sent("room.join").length).toBe(1);
    room.open();
    expect(room.status.get()).toEqual({ state: "joining" });
    await letIn();
    expect(room.status.get()).toEqual({ state: "joined" });
  });

  it("asks again by itself where the refusal says nothing of the room, or no answer comes", async () => {
    await goLive();
    const room = openRoom(client, id);
    await refuse("database.busy");
    expect(room.status.get()).toEqual({ state: "joining" });
    await vi.advanceTimersByTimeAsync(2_000);
    expect(sent("room.join").length).toBe(2);
    for (let past = 0; past < replyDeadlineMs; past += 5_000) {
      server.socket.pong(10);
      await vi.advanceTimersByTimeAsync(5_000);
    }
    await vi.advanceTimersByTimeAsync(3_000);
    expect(sent("room.join").length).toBe(3);
    await letIn();
    expect(room.status.get()).toEqual({ state: "joined" });
  });

  it("comes in again after a lost connection, and shows what was there until then", async () => {
    await goLive();
    const room = openRoom(client, id);
    await letIn(ids.grace, ids.alan);
    server.socket.say(cursor(ids.grace, 1), cursor(ids.alan, 2));
    await settle();
    server.socket.hangUp(1006);
    expect(room.status.get()).toEqual({ state: "joining" });
    expect(room.latest("cursor").size).toBe(2);
    await vi.advanceTimersByTimeAsync(1_000);
    await goLive();
    expect(sent("room.join").length).toBe(1);
    const seen: number[] = [];
    room.peers.subscribe((peers) => seen.push(peers.size));
    server.socket.say(joined(ids.alan), cursor(ids.alan, 3));
    await settle();
    expect(room.status.get()).toEqual({ state: "joined" });
    expect([...room.latest("cursor")]).toEqual([[ids.alan, 3]]);
    expect(seen).toEqual([1]);
  });

  it("signals what stands once more after a reconnect", async () => {
    await goLive();
    const room = openRoom(client, id);
    await letIn();
    room.signal("typing", true);
    room.signal("reaction", "wave");
    server.socket.hangUp(1006);
    room.signal("typing", false);
    expect(room.signal("reaction", "lost")).toBe(false);
    await vi.advanceTimersByTimeAsync(1_000);
    await goLive();
    expect(sent("room.signal")).toEqual([]);
    await letIn();
    expect(sent("room.signal")).toMatchObject([{ kind: "typing", payload: false }]);
  });

  it("lives through a client that is closed and opened again", async () => {
    await goLive();
    const room = openRoom(client, id);
    await letIn(ids.grace);
    client.close();
    expect(room.status.get()).toEqual({ state: "left" });
    expect(room.peers.get().size).toBe(0);
    client.open();
    expect(room.status.get()).toEqual({ state: "joining" });
    await goLive();
    await letIn(ids.grace);
    expect(room.status.get()).toEqual({ state: "joined" });
  });

  it("is over with the membership", async () => {
    await goLive();
    const room = openRoom(client, id);
    await letIn(ids.grace);
    server.socket.hangUp(4403);
    expect(room.status.get()).toEqual({ state: "left" });
    room.open();
    expect(room.status.get()).toEqual({ state: "left" });
  });
});

describe("peers", () => {
  let room: Room;
  beforeEach(async () => {
    await goLive();
    room = openRoom(client, id);
    await letIn(ids.grace);
  });

  it("come and go, their values with them; yours are not among them", async () => {
    server.socket.say({ type: "room.presence", room: id, memberId: ids.alan, online: true });
    server.socket.say(cursor(ids.alan, { x: 1 }), cursor(ids.ada, { x: 2 }));
    await settle();
    expect([...room.latest("cursor")]).toEqual([[ids.alan, { x: 1 }]]);
    server.socket.say({ type: "room.presence", room: id, memberId: ids.alan, online: false }, cursor(ids.alan, 9));
    await settle();
    expect(room.latest("cursor").size).toBe(0);
    expect([...room.peers.get().keys()]).toEqual([ids.grace]);
  });

  it("keep their identity while others move, and a burst is one change", async () => {
    server.socket.say({ type: "room.presence", room: id, memberId: ids.alan, online: true });
    await settle();
    const before = room.peers.get();
    let changes = 0;
    room.peers.subscribe(() => changes++);
    for (let x = 0; x < 100; x++) server.socket.say(cursor(ids.alan, x));
    await settle();
    expect(changes).toBe(1);
    expect(room.peers.get().get(ids.grace)).toBe(before.get(ids.grace));
    expect(room.latest("cursor").get(ids.alan)).toBe(99);
    expect(before.get(ids.alan)?.latest.size).toBe(0);
  });

  it("are heard one by one, though kinds that are delivered each leave nothing standing", async () => {
    const heard: unknown[] = [];
    const stop = room.onSignal(({ kind, payload }) => heard.push([kind, payload]));
    const reaction = { type: "room.signal", room: id, memberId: ids.grace, kind: "reaction" } as const;
    server.socket.say({ ...reaction, payload: 1 }, { ...reaction, payload: 2 }, cursor(ids.grace, 3));
    expect(heard).toEqual([
      ["reaction", 1],
      ["reaction", 2],
      ["cursor", 3],
    ]);
    stop();
    server.socket.say(cursor(ids.grace, 4));
    await settle();
    expect(heard.length).toBe(3);
    expect([...(room.peers.get().get(ids.grace)?.latest ?? [])]).toEqual([["cursor", 4]]);
  });

  it("of other rooms are of no concern", async () => {
    server.socket.say({ type: "room.presence", room: "workspace", memberId: ids.alan, online: true });
    server.socket.say({ ...cursor(ids.grace, 1), room: "workspace" } as ServerEvent);
    await settle();
    expect([...room.peers.get().keys()]).toEqual([ids.grace]);
    expect(room.latest("cursor").size).toBe(0);
  });

  it("are gone at once when the right is", async () => {
    server.socket.say(cursor(ids.grace, 1), { type: "room.left", room: id });
    expect(room.status.get()).toEqual({ state: "left" });
    expect(room.peers.get().size).toBe(0);
    expect(room.signal("cursor", 1)).toBe(false);
    server.socket.say(cursor(ids.grace, 2));
    await settle();
    expect(room.peers.get().size).toBe(0);
  });
});

describe("signalling", () => {
  let room: Room;
  beforeEach(async () => {
    await goLive();
    room = openRoom(client, id);
    await letIn();
  });

  it("sends the first value at once, then the newest on each tick", async () => {
    for (let x = 0; x < 10; x++) {
      room.signal("cursor", x);
      await vi.advanceTimersByTimeAsync(16);
    }
    await vi.advanceTimersByTimeAsync(1_000);
    expect(payloads("cursor")).toEqual([0, 3, 6, 9]);
  });

  it("ends on the newest value, whenever it stops", async () => {
    room.signal("cursor", 1);
    room.signal("cursor", 2);
    expect(payloads("cursor")).toEqual([1]);
    await vi.advanceTimersByTimeAsync(tickMs);
    expect(payloads("cursor")).toEqual([1, 2]);
    await vi.advanceTimersByTimeAsync(10_000);
    room.signal("cursor", 3);
    expect(payloads("cursor")).toEqual([1, 2, 3]);
  });

  it("keeps to its ticks, though a timer fires late", async () => {
    const at: number[] = [];
    const start = Date.now();
    for (let n = 0; n < 200; n++) {
      room.signal("cursor", n);
      if (payloads("cursor").length > at.length) at.push(Date.now() - start);
      if (n === 95) vi.setSystemTime(Date.now() + 20);
      await vi.advanceTimersByTimeAsync(1);
    }
    expect(at).toEqual([0, 50, 120, 150, 200]);
  });

  it("throttles each kind by itself, and sends reactions each", () => {
    room.signal("cursor", 1);
    room.signal("typing", true);
    for (let n = 0; n < 5; n++) expect(room.signal("reaction", n)).toBe(true);
    expect(payloads("cursor")).toEqual([1]);
    expect(payloads("typing")).toEqual([true]);
    expect(payloads("reaction")).toEqual([0, 1, 2, 3, 4]);
  });

  it("stays under what the node takes from a socket, in all rooms together, and ends on the newest", async () => {
    const before = server.socket.received.length;
    const seconds = 10;
    for (let past = 0; past < seconds * 1000; past += 10) {
      for (const kind of ["cursor", "typing", "selection"]) room.signal(kind, past);
      room.signal("reaction", past);
      await vi.advanceTimersByTimeAsync(10);
    }
    await vi.advanceTimersByTimeAsync(5_000);
    const count = server.socket.received.length - before;
    expect(count).toBeLessThanOrEqual(messagesAtOnce + messagesASecond * (seconds + 5));
    expect(payloads("cursor").at(-1)).toBe(9_990);
    expect(payloads("selection").at(-1)).toBe(9_990);
  });

  it("lets a cursor that never rests through on nearly every tick", async () => {
    for (let past = 0; past < 10_000; past += 10) {
      room.signal("cursor", past);
      await vi.advanceTimersByTimeAsync(10);
    }
    expect(payloads("cursor").length).toBeGreaterThan(190);
  });

  it("drops what would wait too long, rather than keep it", () => {
    const took = Array.from({ length: 200 }, (_, n) => room.signal("reaction", n)).filter(Boolean);
    expect(took.length).toBeLessThanOrEqual(messagesAtOnce + waitingLimit);
  });

  it("says what is too much", () => {
    expect(() => room.signal("cursor", "x".repeat(payloadLimit))).toThrow(RangeError);
    expect(() => room.signal("cursor", "é".repeat(payloadLimit / 2))).toThrow(RangeError);
    for (let n = 0; n < kindLimit; n++) room.signal(`kind${n}`, n);
    expect(() => room.signal("another", 1)).toThrow(RangeError);
  });

  it("keeps what is signalled on the way in, the newest of each kind", async () => {
    await leave(room);
    room.open();
    room.signal("cursor", "early");
    room.signal("cursor", "later");
    await vi.advanceTimersByTimeAsync(500);
    expect(payloads("cursor")).toEqual([]);
    await letIn();
    expect(payloads("cursor")).toEqual(["later"]);
  });
});

describe("one room, used several times", () => {
  it("is joined once, and left with the last", async () => {
    await goLive();
    const first = openRoom(client, id);
    await letIn(ids.grace);
    const second = openRoom(client, id);
    expect(second.status.get()).toEqual({ state: "joined" });
    expect(second.peers.get()).toBe(first.peers.get());
    await leave(first);
    expect(first.status.get()).toEqual({ state: "left" });
    expect(sent("room.leave")).toEqual([]);
    server.socket.say(cursor(ids.grace, 1));
    await settle();
    expect(second.latest("cursor").size).toBe(1);
    expect(first.latest("cursor").size).toBe(0);
    await leave(second);
    expect(sent("room.join").length).toBe(1);
    expect(sent("room.leave")).toMatchObject([{ room: id }]);
  });

  it("shares the throttle", async () => {
    await goLive();
    const first = openRoom(client, id);
    const second = openRoom(client, id);
    await letIn();
    first.signal("cursor", 1);
    second.signal("cursor", 2);
    first.signal("cursor", 3);
    await vi.advanceTimersByTimeAsync(tickMs);
    expect(payloads("cursor")).toEqual([1, 3]);
  });

  it("is not left where the next comes in the same turn", async () => {
    await goLive();
    const first = openRoom(client, id);
    await letIn(ids.grace);
    first.close();
    const second = openRoom(client, id);
    await settle();
    expect(second.status.get()).toEqual({ state: "joined" });
    expect(sent("room.leave")).toEqual([]);
    expect(sent("room.join").length).toBe(1);
  });

  it("can be gone back into before the leaving was answered", async () => {
    await goLive();
    const first = openRoom(client, id);
    await letIn(ids.grace);
    await leave(first);
    const second = openRoom(client, id);
    expect(sent("room.join").length).toBe(2);
    server.socket.say(
      { type: "room.left", room: id },
      { type: "reply", ref: sent("room.leave")[0]?.ref ?? "", ok: true },
    );
    await letIn(ids.grace);
    expect(second.status.get()).toEqual({ state: "joined" });
    server.socket.say({ type: "room.left", room: id });
    expect(second.status.get()).toEqual({ state: "left" });
  });

  it("leaves nothing behind when it is over", async () => {
    await goLive();
    const stopped = vi.fn();
    const listen = client.onEvent.bind(client);
    vi.spyOn(client, "onEvent").mockImplementation((tap) => {
      const stop = listen(tap);
      return () => {
        stop();
        stopped();
      };
    });
    const room = openRoom(client, id);
    await letIn();
    room.signal("cursor", 1);
    await leave(room);
    server.socket.say(
      { type: "room.left", room: id },
      { type: "reply", ref: sent("room.leave")[0]?.ref ?? "", ok: true },
    );
    await vi.advanceTimersByTimeAsync(100);
    expect(stopped).toHaveBeenCalledTimes(1);
    expect(payloads("cursor")).toEqual([1]);
  });
});

describe("what is late", () => {
  /** Loses the connection, and has the next one. */
  async function reconnect(): Promise<void> {
    server.socket.hangUp(1006);
    await vi.advanceTimersByTimeAsync(1_000);
    await goLive();
  }
  /** Takes all that may be sent at once, and fills the line behind it. */
  function exhaust(room: Room): void {
    for (let n = 0; n < messagesAtOnce + waitingLimit; n++) room.signal("reaction", n);
  }

  it("a refusal of what was asked on another connection counts no more", async () => {
    await goLive();
    const room = openRoom(client, id);
    await reconnect();
    await letIn();
    for (let past = 0; past < replyDeadlineMs + 5_000; past += 5_000) {
      server.socket.pong(10);
      await vi.advanceTimersByTimeAsync(5_000);
    }
    expect(room.status.get()).toEqual({ state: "joined" });
    expect(sent("room.join").length).toBe(1);
  });

  it("a leaving that was lost with its connection hides no later one", async () => {
    await goLive();
    const room = openRoom(client, id);
    await letIn();
    await leave(room);
    room.open();
    await reconnect();
    await letIn();
    server.socket.say({ type: "room.left", room: id });
    expect(room.status.get()).toEqual({ state: "left" });
  });

  it("a room that was being left is not gone back into, and its answer ends no later use", async () => {
    await goLive();
    const first = openRoom(client, id);
    await letIn(ids.grace);
    await leave(first);
    await reconnect();
    expect(sent("room.join")).toEqual([]);
    const second = openRoom(client, id);
    await letIn(ids.grace);
    for (let past = 0; past < replyDeadlineMs + 5_000; past += 5_000) {
      server.socket.pong(10);
      await vi.advanceTimersByTimeAsync(5_000);
    }
    server.socket.say(cursor(ids.grace, 1));
    await settle();
    expect(second.latest("cursor").size).toBe(1);
  });

  it("nothing is signalled after the right is gone", async () => {
    await goLive();
    const room = openRoom(client, id);
    await letIn();
    room.signal("cursor", 1);
    room.signal("cursor", 2);
    exhaust(room);
    const count = server.socket.received.length;
    server.socket.say({ type: "room.left", room: id });
    await vi.advanceTimersByTimeAsync(5_000);
    expect(server.socket.received.length).toBe(count);
  });

  it("a room that is closed before its turn came is not joined", async () => {
    await goLive();
    const busy = openRoom(client, id);
    await letIn();
    exhaust(busy);
    const other = openRoom(client, "workspace");
    await leave(other);
    await vi.advanceTimersByTimeAsync(5_000);
    expect(sent("room.join")).toMatchObject([{ room: id }]);
  });

  it("who is let in and put out at once was never in", async () => {
    await goLive();
    const room = openRoom(client, id);
    const seen: string[] = [];
    room.status.subscribe(({ state }) => seen.push(state));
    server.socket.say(joined(ids.grace), { type: "room.left", room: id });
    await settle();
    expect(seen).toEqual(["left"]);
  });

  it("a refusal stands while there is no connection", async () => {
    await goLive();
    const room = openRoom(client, id);
    await refuse("room.forbidden");
    server.socket.hangUp(1006);
    expect(room.status.get()).toEqual({ state: "refused", code: "room.forbidden" });
    await vi.advanceTimersByTimeAsync(1_000);
    await goLive();
    expect(sent("room.join").length).toBe(1);
  });

  it("a new connection owes nothing to the old one", async () => {
    await goLive();
    const room = openRoom(client, id);
    await letIn();
    exhaust(room);
    server.socket.hangUp(1006);
    await vi.advanceTimersByTimeAsync(130);
    server.socket.hello(10);
    expect(sent("room.join").length).toBe(1);
    await letIn();
    expect(sent("room.signal")).toEqual([]);
  });

  it("cursors that never rest keep nobody out of another room", async () => {
    await goLive();
    const busy = openRoom(client, id);
    await letIn();
    for (let past = 0; past < 5_500; past += 5) {
      for (let n = 0; n < 10; n++) busy.signal(`kind${n}`, past);
      if (past === 5_000) openRoom(client, "workspace");
      await vi.advanceTimersByTimeAsync(5);
    }
    expect(sent("room.join")).toMatchObject([{ room: id }, { room: "workspace" }]);
  });
});

it("knows which kinds the node delivers each", async () => {
  const header = await readFile(join(import.meta.dirname, "../../../../server/catalog/signal_kinds.hpp"), "utf8");
  const declared = [...header.matchAll(/SignalKind\{"(\w+)", SignalDelivery::each/g)].map((match) => match[1]);
  expect([...eachKinds]).toEqual(declared);
});

it("comes into many rooms at the pace that the node takes", async () => {
  server.answer = async () => snapshot(10);
  for (let n = 0; n < 50; n++) openRoom(client, `board:${n}`);
  await goLive();
  expect(sent("room.join").length).toBeLessThanOrEqual(messagesAtOnce + 1);
  await vi.advanceTimersByTimeAsync(3_000);
  expect(sent("room.join").length).toBe(50);
});
