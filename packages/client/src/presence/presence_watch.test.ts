import type { MemberId, ServerEvent } from "@orbit/catalog";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import type { RealtimeClient } from "../realtime_client.ts";
import { ids, presence, ScriptedServer } from "../testing/scripted_server.ts";
import { asksAtOnce, asksWithinMs, gatherMs, PresenceWatch, watchLimit } from "./presence_watch.ts";

let server: ScriptedServer;
let client: RealtimeClient;
let watch: PresenceWatch;

beforeEach(() => {
  vi.useFakeTimers();
  server = new ScriptedServer();
  client = server.connect();
  watch = PresenceWatch.of(client);
});
afterEach(() => {
  client.close();
  vi.useRealTimers();
});

const settle = (ms = gatherMs) => vi.advanceTimersByTimeAsync(ms + 20);
const count = (online: number): ServerEvent => ({ type: "presence.count", online });
const update = (...of: Parameters<typeof presence>): ServerEvent => ({ type: "presence.update", ...presence(...of) });
const somebody = (n: number) => `mbr_0198c0de-5a1e-7000-8000-${String(1000 + n).padStart(12, "0")}` as MemberId;

/** What was asked for on the present socket. */
const asked = () =>
  (server.socket.received as { type: string; memberIds?: MemberId[] }[])
    .filter(({ type }) => type === "presence.watch")
    .map(({ memberIds }) => memberIds);

async function goLive(online?: number): Promise<void> {
  if (online === undefined) server.socket.hello(10);
  else {
    server.socket.hello(10, { presence: [] });
    server.socket.say(count(online));
  }
  server.socket.pong(10);
  await settle();
}

describe("in a workspace whose roster is told", () => {
  it("asks for nobody", async () => {
    watch.watch(ids.grace);
    await goLive();
    watch.watch(ids.alan);
    await settle();
    expect(asked()).toEqual([]);
    server.socket.say(update(ids.grace));
    await settle();
    expect(client.stores.presence.get().get(ids.grace)?.online).toBe(true);
    expect(watch.watched.get().size).toBe(0);
  });

  it("asks once it has grown too large for that, and what was known of others is not any more", async () => {
    watch.watch(ids.grace);
    await goLive();
    server.socket.say(update(ids.alan));
    await settle();
    server.socket.say(count(501));
    await settle();
    expect(asked()).toEqual([[ids.grace]]);
    expect(client.stores.presence.get().size).toBe(0);
    expect(client.stores.onlineCount.get()).toBe(501);
  });
});

describe("in a large workspace", () => {
  it("asks for whoever is watched, and knows of them what the node tells", async () => {
    watch.watch(ids.grace);
    await goLive(700);
    expect(asked()).toEqual([[ids.grace]]);
    server.socket.say(update(ids.grace, "away"), update(ids.alan));
    await settle();
    expect([...watch.watched.get().values()]).toEqual([presence(ids.grace, "away")]);
    expect(client.stores.presence.get().size).toBe(0);
    expect(client.stores.onlineCount.get()).toBe(700);
  });

  it("asks once for a burst, of those who come and of those who go", async () => {
    await goLive(700);
    const ends = [1, 2, 3].map((n) => watch.watch(somebody(n)));
    await settle();
    expect(asked()).toEqual([[somebody(1), somebody(2), somebody(3)]]);
    for (const end of ends.slice(1)) end();
    watch.watch(somebody(4));
    await settle();
    expect(asked().slice(1)).toEqual([[somebody(1), somebody(4)]]);
  });

  it("asks nothing where one goes and comes back in one burst", async () => {
    await goLive(700);
    const end = watch.watch(ids.grace);
    await settle();
    end();
    watch.watch(ids.grace);
    await settle();
    expect(asked()).toHaveLength(1);
  });

  it("watches until the last use has ended, each of which ends once", async () => {
    await goLive(700);
    const [first, second] = [watch.watch(ids.grace), watch.watch(ids.grace)];
    await settle();
    server.socket.say(update(ids.grace));
    await settle();
    first();
    first();
    await settle();
    expect(asked()).toHaveLength(1);
    second();
    await settle();
    expect(asked().slice(1)).toEqual([[]]);
    expect(watch.watched.get().size).toBe(0);
  });

  it("asks for those who were wanted last where they are too many", async () => {
    await goLive(700);
    for (let n = 0; n < watchLimit + 50; n++) watch.watch(somebody(n));
    watch.watch(somebody(0));
    await settle();
    const [list] = asked();
    expect(list).toHaveLength(watchLimit);
    expect(list?.at(-1)).toBe(somebody(0));
    expect(list).not.toContain(somebody(50));
    expect(list).toContain(somebody(51));
  });

  it("forgets who is watched no longer, and what still comes of them", async () => {
    await goLive(700);
    const end = watch.watch(ids.grace);
    watch.watch(ids.alan);
    await settle();
    server.socket.say(update(ids.grace), update(ids.alan));
    await settle();
    end();
    await settle();
    server.socket.say(update(ids.grace, "away"));
    await settle();
    expect([...watch.watched.get().keys()]).toEqual([ids.alan]);
  });

  it("forgets a member who left", async () => {
    await goLive(700);
    watch.watch(ids.grace);
    await settle();
    server.socket.say(update(ids.grace), { type: "workspace.member.left", seq: 11, memberId: ids.grace });
    await settle();
    expect(watch.watched.get().size).toBe(0);
  });

  it("asks again after a reconnect, and shows meanwhile what was so", async () => {
    await goLive(700);
    watch.watch(ids.grace);
    await settle();
    server.socket.say(update(ids.grace));
    await settle();
    server.socket.hangUp(1006);
    watch.watch(ids.alan);
    await settle();
    expect(asked()).toHaveLength(1);
    await settle(1000);
    await goLive(700);
    expect(server.sockets).toHaveLength(2);
    expect(asked()).toEqual([[ids.grace, ids.alan]]);
    expect(watch.watched.get().has(ids.grace)).toBe(true);
    expect(client.stores.onlineCount.get()).toBe(700);
  });

  it("goes by the roster again where a reconnect brings it", async () => {
    await goLive(700);
    watch.watch(ids.grace);
    await settle();
    server.socket.say(update(ids.grace));
    await settle();
    server.socket.hangUp(1006);
    await settle(1000);
    await goLive();
    expect(asked()).toEqual([]);
    expect(watch.watched.get().size).toBe(0);
    expect(client.stores.onlineCount.get()).toBe(1);
  });

  it("asks no more often than leaves the node room for what else the tab says", async () => {
    await goLive(700);
    for (let n = 0; n < 100; n++) {
      watch.watch(somebody(n));
      await vi.advanceTimersByTimeAsync(asksWithinMs / 100);
    }
    expect(asked().length).toBe(asksAtOnce);
    await settle(asksWithinMs);
    expect(asked().at(-1)).toHaveLength(100);
  });

  it("asks at once on a new connection, however often it asked on the last", async () => {
    await goLive(700);
    for (let n = 0; n < asksAtOnce + 1; n++) {
      watch.watch(somebody(n));
      await settle();
    }
    expect(asked().length).toBe(asksAtOnce);
    server.socket.hangUp(1006);
    await settle(300);
    await goLive(700);
    expect(asked().at(-1)).toHaveLength(asksAtOnce + 1);
  });

  it("keeps no timer and no listener once nothing is watched", async () => {
    await goLive(700);
    const timers = vi.getTimerCount();
    watch.watch(ids.grace)();
    await settle();
    expect(vi.getTimerCount()).toBe(timers);
    server.socket.say(count(701));
    await settle();
    expect(vi.getTimerCount()).toBe(timers);
    expect(asked()).toEqual([]);
  });
});
