import type { ServerEvent } from "@orbit/catalog";
import { beforeEach, describe, expect, it, vi } from "vitest";
import { ids, member } from "../testing/scripted_server.ts";
import { id, joined, roomHarness } from "./testing/room_harness.ts";

const h = roomHarness();

/** One of the room's durable events, which the catalog knows nothing of. */
const note = (seq: number) => h.server.socket.sayRaw(JSON.stringify({ type: "note.posted", seq, text: `${seq}` }));
const elsewhere = (seq: number) =>
  h.server.socket.say({ type: "workspace.member.updated", seq, member: member(ids.grace, "Grace") } as ServerEvent);
const asked = () => h.sent("room.join").map(({ after }) => after);
/** Answers the latest asking with what the room missed. */
const replay = async (...seqs: number[]) => {
  h.server.socket.say(joined());
  for (const seq of seqs) note(seq);
  h.server.socket.say({ type: "reply", ref: h.sent("room.join").at(-1)?.ref ?? "", ok: true });
  await h.settle();
};
const hangUp = async () => {
  h.server.socket.hangUp(1006);
  await vi.advanceTimersByTimeAsync(1_000);
};

describe("a room's durable events", () => {
  beforeEach(() => h.goLive(10));

  it("are asked for from where one stands, or not at all", () => {
    h.open(id, { after: 7 });
    h.open("workspace");
    expect(h.sent("room.join")).toEqual([
      { type: "room.join", ref: expect.any(String), room: id, after: 7 },
      { type: "room.join", ref: expect.any(String), room: "workspace" },
    ]);
  });

  it("are asked for again after a reconnect, from what had come until then", async () => {
    h.open(id, { after: 7 });
    await replay(8, 9);
    note(12);
    elsewhere(13);
    await hangUp();
    h.server.socket.hello(13);
    // The connection is brought up to date before the room is joined: none of this is the room's.
    elsewhere(15);
    elsewhere(20);
    await h.settle();
    expect(asked()).toEqual([13]);
    await replay(14, 19);
    note(21);
    await hangUp();
    await h.goLive(21);
    expect(asked()).toEqual([21]);
  });

  it("are asked for from the same place again where the connection broke while they came", async () => {
    h.open(id, { after: 7 });
    h.server.socket.say(joined());
    note(8);
    elsewhere(12);
    await hangUp();
    await h.goLive(12);
    expect(asked()).toEqual([7]);
  });

  it("go on from a resync, and from what a pong says", async () => {
    h.open(id, { after: 7 });
    h.server.socket.say(joined(), { type: "resync", epoch: "e", seq: 11, reason: "too_far_behind" });
    await h.letIn();
    await hangUp();
    await h.goLive(11);
    expect(asked()).toEqual([11]);
    await h.letIn();
    h.server.socket.pong(30);
    await hangUp();
    await h.goLive(30);
    expect(asked()).toEqual([30]);
  });

  it("begin anew in another history", async () => {
    h.open(id, { after: 7 });
    await replay(8);
    await hangUp();
    h.server.socket.hello(3, { epoch: "another" });
    await h.settle();
    expect(asked()).toEqual([3]);
  });

  it("are asked for once more where another use of the room has seen less", async () => {
    h.open(id, { after: 7 });
    await replay(8);
    elsewhere(10);
    h.open(id, { after: 9 });
    h.open(id);
    expect(asked()).toEqual([7, 9]);
    await replay();
    h.open(id, { after: 20 });
    expect(asked()).toEqual([7, 9]);
    h.open(id, { after: 2 });
    expect(asked()).toEqual([7, 9, 2]);
    elsewhere(15);
    await hangUp();
    await h.goLive(15);
    expect(asked()).toEqual([2]);
  });

  it("are made up for when one is let in again", async () => {
    const room = h.open(id, { after: 7 });
    await replay(8);
    note(11);
    h.server.socket.say({ type: "room.left", room: id });
    elsewhere(14);
    room.open();
    expect(asked()).toEqual([7, 11]);
  });

  it("are nobody's concern once the room is left", async () => {
    const room = h.open(id, { after: 7 });
    await replay(8);
    await h.leave(room);
    h.server.socket.say(
      { type: "room.left", room: id },
      { type: "reply", ref: h.sent("room.leave")[0]?.ref ?? "", ok: true },
    );
    await h.settle();
    h.open(id);
    expect(asked()).toEqual([7, undefined]);
    note(12);
    expect(h.client.dropped.unknown).toBe(1);
  });
});
