import { beforeEach, describe, expect, it, vi } from "vitest";
import { tickMs } from "./latest_signal.ts";
import { messagesASecond, messagesAtOnce } from "./pace.ts";
import type { Room } from "./room.ts";
import { kindLimit, payloadLimit, waitingLimit } from "./room_membership.ts";
import { roomHarness } from "./testing/room_harness.ts";

const h = roomHarness();

describe("signalling", () => {
  let room: Room;
  beforeEach(async () => {
    await h.goLive();
    room = h.open();
    await h.letIn();
  });

  it("sends the first value at once, then the newest on each tick", async () => {
    for (let x = 0; x < 10; x++) {
      room.signal("cursor", x);
      await vi.advanceTimersByTimeAsync(16);
    }
    await vi.advanceTimersByTimeAsync(1_000);
    expect(h.payloads("cursor")).toEqual([0, 3, 6, 9]);
  });

  it("ends on the newest value, whenever it stops", async () => {
    room.signal("cursor", 1);
    room.signal("cursor", 2);
    expect(h.payloads("cursor")).toEqual([1]);
    await vi.advanceTimersByTimeAsync(tickMs);
    expect(h.payloads("cursor")).toEqual([1, 2]);
    await vi.advanceTimersByTimeAsync(10_000);
    room.signal("cursor", 3);
    expect(h.payloads("cursor")).toEqual([1, 2, 3]);
  });

  it("keeps to its ticks, though a timer fires late", async () => {
    const at: number[] = [];
    const start = Date.now();
    for (let n = 0; n < 200; n++) {
      room.signal("cursor", n);
      if (h.payloads("cursor").length > at.length) at.push(Date.now() - start);
      if (n === 95) vi.setSystemTime(Date.now() + 20);
      await vi.advanceTimersByTimeAsync(1);
    }
    expect(at).toEqual([0, 50, 120, 150, 200]);
  });

  it("throttles each kind by itself, and sends reactions each", () => {
    room.signal("cursor", 1);
    room.signal("typing", true);
    for (let n = 0; n < 5; n++) expect(room.signal("reaction", n)).toBe(true);
    expect(h.payloads("cursor")).toEqual([1]);
    expect(h.payloads("typing")).toEqual([true]);
    expect(h.payloads("reaction")).toEqual([0, 1, 2, 3, 4]);
  });

  it("stays under what the node takes from a socket, in all rooms together, and ends on the newest", async () => {
    const before = h.server.socket.received.length;
    const seconds = 10;
    for (let past = 0; past < seconds * 1000; past += 10) {
      for (const kind of ["cursor", "typing", "selection"]) room.signal(kind, past);
      room.signal("reaction", past);
      await vi.advanceTimersByTimeAsync(10);
    }
    await vi.advanceTimersByTimeAsync(5_000);
    const count = h.server.socket.received.length - before;
    expect(count).toBeLessThanOrEqual(messagesAtOnce + messagesASecond * (seconds + 5));
    expect(h.payloads("cursor").at(-1)).toBe(9_990);
    expect(h.payloads("selection").at(-1)).toBe(9_990);
  });

  it("lets a cursor that never rests through on nearly every tick", async () => {
    for (let past = 0; past < 10_000; past += 10) {
      room.signal("cursor", past);
      await vi.advanceTimersByTimeAsync(10);
    }
    expect(h.payloads("cursor").length).toBeGreaterThan(190);
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
    await h.leave(room);
    room.open();
    room.signal("cursor", "early");
    room.signal("cursor", "later");
    await vi.advanceTimersByTimeAsync(500);
    expect(h.payloads("cursor")).toEqual([]);
    await h.letIn();
    expect(h.payloads("cursor")).toEqual(["later"]);
  });
});
