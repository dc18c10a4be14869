import { describe, expect, it, vi } from "vitest";
import { replyDeadlineMs } from "../outbox.ts";
import { ids, snapshot } from "../testing/scripted_server.ts";
import { tickMs } from "./latest_signal.ts";
import { messagesAtOnce } from "./pace.ts";
import { Room } from "./room.ts";
import { cursor, id, joined, roomHarness } from "./testing/room_harness.ts";

const h = roomHarness();

describe("coming in", () => {
  it("asks once there is a connection, and shows who is there", async () => {
    const room = h.open();
    expect(room.status.get()).toEqual({ state: "joining" });
    await h.goLive();
    expect(h.sent("room.join")).toMatchObject([{ room: id }]);
    await h.letIn(ids.grace);
    expect(room.status.get()).toEqual({ state: "joined" });
    expect([...room.peers.get().keys()]).toEqual([ids.grace]);
  });

  it("asks at once where there is one", async () => {
    await h.goLive();
    const room = h.open();
    expect(h.sent("room.join").length).toBe(1);
    await h.letIn();
    expect(room.status.get()).toEqual({ state: "joined" });
  });

  it("does nothing until it is opened", async () => {
    await h.goLive();
    const room = new Room(h.client, id);
    expect(room.signal("cursor", 1)).toBe(false);
    expect(h.sent("room.join")).toEqual([]);
  });

  it("tells why it is refused, and asks again when told to", async () => {
    await h.goLive();
    const room = h.open();
    await h.refuse("room.forbidden");
    expect(room.status.get()).toEqual({ state: "refused", code: "room.forbidden" });
    expect(room.signal("cursor", 1)).toBe(false);
    await vi.advanceTimersByTimeAsync(10_000);
    expect(h.sent("room.join").length).toBe(1);
    room.open();
    expect(room.status.get()).toEqual({ state: "joining" });
    await h.letIn();
    expect(room.status.get()).toEqual({ state: "joined" });
  });

  it("asks again by itself where the refusal says nothing of the room, or no answer comes", async () => {
    await h.goLive();
    const room = h.open();
    await h.refuse("database.busy");
    expect(room.status.get()).toEqual({ state: "joining" });
    await vi.advanceTimersByTimeAsync(2_000);
    expect(h.sent("room.join").length).toBe(2);
    for (let past = 0; past < replyDeadlineMs; past += 5_000) {
      h.server.socket.pong(10);
      await vi.advanceTimersByTimeAsync(5_000);
    }
    await vi.advanceTimersByTimeAsync(3_000);
    expect(h.sent("room.join").length).toBe(3);
    await h.letIn();
    expect(room.status.get()).toEqual({ state: "joined" });
  });

  it("comes in again after a lost connection, and shows what was there until then", async () => {
    await h.goLive();
    const room = h.open();
    await h.letIn(ids.grace, ids.alan);
    h.server.socket.say(cursor(ids.grace, 1), cursor(ids.alan, 2));
    await h.settle();
    h.server.socket.hangUp(1006);
    expect(room.status.get()).toEqual({ state: "joining" });
    expect(room.latest("cursor").size).toBe(2);
    await vi.advanceTimersByTimeAsync(1_000);
    await h.goLive();
    expect(h.sent("room.join").length).toBe(1);
    const seen: number[] = [];
    room.peers.subscribe((peers) => seen.push(peers.size));
    h.server.socket.say(joined(ids.alan), cursor(ids.alan, 3));
    await h.settle();
    expect(room.status.get()).toEqual({ state: "joined" });
    expect([...room.latest("cursor")]).toEqual([[ids.alan, 3]]);
    expect(seen).toEqual([1]);
  });

  it("signals what stands once more after a reconnect", async () => {
    await h.goLive();
    const room = h.open();
    await h.letIn();
    room.signal("typing", true);
    room.signal("reaction", "wave");
    h.server.socket.hangUp(1006);
    room.signal("typing", false);
    expect(room.signal("reaction", "lost")).toBe(false);
    await vi.advanceTimersByTimeAsync(1_000);
    await h.goLive();
    expect(h.sent("room.signal")).toEqual([]);
    await h.letIn();
    expect(h.sent("room.signal")).toMatchObject([{ kind: "typing", payload: false }]);
  });

  it("lives through a client that is closed and opened again", async () => {
    await h.goLive();
    const room = h.open();
    await h.letIn(ids.grace);
    h.client.close();
    expect(room.status.get()).toEqual({ state: "left" });
    expect(room.peers.get().size).toBe(0);
    h.client.open();
    expect(room.status.get()).toEqual({ state: "joining" });
    await h.goLive();
    await h.letIn(ids.grace);
    expect(room.status.get()).toEqual({ state: "joined" });
  });

  it("is over with the membership", async () => {
    await h.goLive();
    const room = h.open();
    await h.letIn(ids.grace);
    h.server.socket.hangUp(4403);
    expect(room.status.get()).toEqual({ state: "left" });
    room.open();
    expect(room.status.get()).toEqual({ state: "left" });
  });
});

describe("one room, used several times", () => {
  it("is joined once, and left with the last", async () => {
    await h.goLive();
    const first = h.open();
    await h.letIn(ids.grace);
    const second = h.open();
    expect(second.status.get()).toEqual({ state: "joined" });
    expect(second.peers.get()).toBe(first.peers.get());
    await h.leave(first);
    expect(first.status.get()).toEqual({ state: "left" });
    expect(h.sent("room.leave")).toEqual([]);
    h.server.socket.say(cursor(ids.grace, 1));
    await h.settle();
    expect(second.latest("cursor").size).toBe(1);
    expect(first.latest("cursor").size).toBe(0);
    await h.leave(second);
    expect(h.sent("room.join").length).toBe(1);
    expect(h.sent("room.leave")).toMatchObject([{ room: id }]);
  });

  it("shares the throttle", async () => {
    await h.goLive();
    const first = h.open();
    const second = h.open();
    await h.letIn();
    first.signal("cursor", 1);
    second.signal("cursor", 2);
    first.signal("cursor", 3);
    await vi.advanceTimersByTimeAsync(tickMs);
    expect(h.payloads("cursor")).toEqual([1, 3]);
  });

  it("is not left where the next comes in the same turn", async () => {
    await h.goLive();
    const first = h.open();
    await h.letIn(ids.grace);
    first.close();
    const second = h.open();
    await h.settle();
    expect(second.status.get()).toEqual({ state: "joined" });
    expect(h.sent("room.leave")).toEqual([]);
    expect(h.sent("room.join").length).toBe(1);
  });

  it("can be gone back into before the leaving was answered", async () => {
    await h.goLive();
    const first = h.open();
    await h.letIn(ids.grace);
    await h.leave(first);
    const second = h.open();
    expect(h.sent("room.join").length).toBe(2);
    h.server.socket.say(
      { type: "room.left", room: id },
      { type: "reply", ref: h.sent("room.leave")[0]?.ref ?? "", ok: true },
    );
    await h.letIn(ids.grace);
    expect(second.status.get()).toEqual({ state: "joined" });
    h.server.socket.say({ type: "room.left", room: id });
    expect(second.status.get()).toEqual({ state: "left" });
  });

  it("leaves nothing behind when it is over", async () => {
    await h.goLive();
    const stopped = vi.fn();
    const listen = h.client.onEvent.bind(h.client);
    vi.spyOn(h.client, "onEvent").mockImplementation((tap) => {
      const stop = listen(tap);
      return () => {
        stop();
        stopped();
      };
    });
    const room = h.open();
    await h.letIn();
    room.signal("cursor", 1);
    await h.leave(room);
    h.server.socket.say(
      { type: "room.left", room: id },
      { type: "reply", ref: h.sent("room.leave")[0]?.ref ?? "", ok: true },
    );
    await vi.advanceTimersByTimeAsync(100);
    expect(stopped).toHaveBeenCalledTimes(1);
    expect(h.payloads("cursor")).toEqual([1]);
  });
});

it("comes into many rooms at the pace that the node takes", async () => {
  h.server.answer = async () => snapshot(10);
  for (let n = 0; n < 50; n++) h.open(`board:${n}`);
  await h.goLive();
  expect(h.sent("room.join").length).toBeLessThanOrEqual(messagesAtOnce + 1);
  await vi.advanceTimersByTimeAsync(3_000);
  expect(h.sent("room.join").length).toBe(50);
});
