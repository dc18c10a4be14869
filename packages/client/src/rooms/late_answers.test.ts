import { describe, expect, it, vi } from "vitest";
import { replyDeadlineMs } from "../outbox.ts";
import { ids } from "../testing/scripted_server.ts";
import { messagesAtOnce } from "./pace.ts";
import type { Room } from "./room.ts";
import { waitingLimit } from "./room_membership.ts";
import { cursor, id, joined, roomHarness } from "./testing/room_harness.ts";

const h = roomHarness();

describe("what is late", () => {
  /** Takes all that may be sent at once, and fills the line behind it. */
  function exhaust(room: Room): void {
    for (let n = 0; n < messagesAtOnce + waitingLimit; n++) room.signal("reaction", n);
  }

  it("a refusal of what was asked on another connection counts no more", async () => {
    await h.goLive();
    const room = h.open();
    await h.reconnect();
    await h.letIn();
    for (let past = 0; past < replyDeadlineMs + 5_000; past += 5_000) {
      h.server.socket.pong(10);
      await vi.advanceTimersByTimeAsync(5_000);
    }
    expect(room.status.get()).toEqual({ state: "joined" });
    expect(h.sent("room.join").length).toBe(1);
  });

  it("a leaving that was lost with its connection hides no later one", async () => {
    await h.goLive();
    const room = h.open();
    await h.letIn();
    await h.leave(room);
    room.open();
    await h.reconnect();
    await h.letIn();
    h.server.socket.say({ type: "room.left", room: id });
    expect(room.status.get()).toEqual({ state: "left" });
  });

  it("a room that was being left is not gone back into, and its answer ends no later use", async () => {
    await h.goLive();
    const first = h.open();
    await h.letIn(ids.grace);
    await h.leave(first);
    await h.reconnect();
    expect(h.sent("room.join")).toEqual([]);
    const second = h.open();
    await h.letIn(ids.grace);
    for (let past = 0; past < replyDeadlineMs + 5_000; past += 5_000) {
      h.server.socket.pong(10);
      await vi.advanceTimersByTimeAsync(5_000);
    }
    h.server.socket.say(cursor(ids.grace, 1));
    await h.settle();
    expect(second.latest("cursor").size).toBe(1);
  });

  it("nothing is signalled after the right is gone", async () => {
    await h.goLive();
    const room = h.open();
    await h.letIn();
    room.signal("cursor", 1);
    room.signal("cursor", 2);
    exhaust(room);
    const count = h.server.socket.received.length;
    h.server.socket.say({ type: "room.left", room: id });
    await vi.advanceTimersByTimeAsync(5_000);
    expect(h.server.socket.received.length).toBe(count);
  });

  it("a room that is closed before its turn came is not joined", async () => {
    await h.goLive();
    const busy = h.open();
    await h.letIn();
    exhaust(busy);
    const other = h.open("workspace");
    await h.leave(other);
    await vi.advanceTimersByTimeAsync(5_000);
    expect(h.sent("room.join")).toMatchObject([{ room: id }]);
  });

  it("who is let in and put out at once was never in", async () => {
    await h.goLive();
    const room = h.open();
    const seen: string[] = [];
    room.status.subscribe(({ state }) => seen.push(state));
    h.server.socket.say(joined(ids.grace), { type: "room.left", room: id });
    await h.settle();
    expect(seen).toEqual(["left"]);
  });

  it("a refusal stands while there is no connection", async () => {
    await h.goLive();
    const room = h.open();
    await h.refuse("room.forbidden");
    h.server.socket.hangUp(1006);
    expect(room.status.get()).toEqual({ state: "refused", code: "room.forbidden" });
    await vi.advanceTimersByTimeAsync(1_000);
    await h.goLive();
    expect(h.sent("room.join").length).toBe(1);
  });

  it("a new connection owes nothing to the old one", async () => {
    await h.goLive();
    const room = h.open();
    await h.letIn();
    exhaust(room);
    h.server.socket.hangUp(1006);
    await vi.advanceTimersByTimeAsync(130);
    h.server.socket.hello(10);
    expect(h.sent("room.join").length).toBe(1);
    await h.letIn();
    expect(h.sent("room.signal")).toEqual([]);
  });

  it("cursors that never rest keep nobody out of another room", async () => {
    await h.goLive();
    const busy = h.open();
    await h.letIn();
    for (let past = 0; past < 5_500; past += 5) {
      for (let n = 0; n < 10; n++) busy.signal(`kind${n}`, past);
      if (past === 5_000) h.open("workspace");
      await vi.advanceTimersByTimeAsync(5);
    }
    expect(h.sent("room.join")).toMatchObject([{ room: id }, { room: "workspace" }]);
  });
});
