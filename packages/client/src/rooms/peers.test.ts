import type { ServerEvent } from "@orbit/catalog";
import { beforeEach, describe, expect, it } from "vitest";
import { ids } from "../testing/scripted_server.ts";
import type { Room } from "./room.ts";
import { cursor, id, roomHarness } from "./testing/room_harness.ts";

const h = roomHarness();

describe("peers", () => {
  let room: Room;
  beforeEach(async () => {
    await h.goLive();
    room = h.open();
    await h.letIn(ids.grace);
  });

  it("come and go, their values with them; yours are not among them", async () => {
    h.server.socket.say({ type: "room.presence", room: id, memberId: ids.alan, online: true });
    h.server.socket.say(cursor(ids.alan, { x: 1 }), cursor(ids.ada, { x: 2 }));
    await h.settle();
    expect([...room.latest("cursor")]).toEqual([[ids.alan, { x: 1 }]]);
    h.server.socket.say({ type: "room.presence", room: id, memberId: ids.alan, online: false }, cursor(ids.alan, 9));
    await h.settle();
    expect(room.latest("cursor").size).toBe(0);
    expect([...room.peers.get().keys()]).toEqual([ids.grace]);
  });

  it("keep their identity while others move, and a burst is one change", async () => {
    h.server.socket.say({ type: "room.presence", room: id, memberId: ids.alan, online: true });
    await h.settle();
    const before = room.peers.get();
    let changes = 0;
    room.peers.subscribe(() => changes++);
    for (let x = 0; x < 100; x++) h.server.socket.say(cursor(ids.alan, x));
    await h.settle();
    expect(changes).toBe(1);
    expect(room.peers.get().get(ids.grace)).toBe(before.get(ids.grace));
    expect(room.latest("cursor").get(ids.alan)).toBe(99);
    expect(before.get(ids.alan)?.latest.size).toBe(0);
  });

  it("are heard one by one, though kinds that are delivered each leave nothing standing", async () => {
    const heard: unknown[] = [];
    const stop = room.onSignal(({ kind, payload }) => heard.push([kind, payload]));
    const reaction = { type: "room.signal", room: id, memberId: ids.grace, kind: "reaction" } as const;
    h.server.socket.say({ ...reaction, payload: 1 }, { ...reaction, payload: 2 }, cursor(ids.grace, 3));
    expect(heard).toEqual([
      ["reaction", 1],
      ["reaction", 2],
      ["cursor", 3],
    ]);
    stop();
    h.server.socket.say(cursor(ids.grace, 4));
    await h.settle();
    expect(heard.length).toBe(3);
    expect([...(room.peers.get().get(ids.grace)?.latest ?? [])]).toEqual([["cursor", 4]]);
  });

  it("of other rooms are of no concern", async () => {
    h.server.socket.say({ type: "room.presence", room: "workspace", memberId: ids.alan, online: true });
    h.server.socket.say({ ...cursor(ids.grace, 1), room: "workspace" } as ServerEvent);
    await h.settle();
    expect([...room.peers.get().keys()]).toEqual([ids.grace]);
    expect(room.latest("cursor").size).toBe(0);
  });

  it("are gone at once when the right is", async () => {
    h.server.socket.say(cursor(ids.grace, 1), { type: "room.left", room: id });
    expect(room.status.get()).toEqual({ state: "left" });
    expect(room.peers.get().size).toBe(0);
    expect(room.signal("cursor", 1)).toBe(false);
    h.server.socket.say(cursor(ids.grace, 2));
    await h.settle();
    expect(room.peers.get().size).toBe(0);
  });
});
