import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import type { RealtimeClient } from "./realtime_client.ts";
import { SnapshotRefused } from "./snapshot.ts";
import { epoch, ids, ScriptedServer, snapshot } from "./testing/scripted_server.ts";

let server: ScriptedServer;
let client: RealtimeClient;

beforeEach(() => {
  vi.useFakeTimers();
  server = new ScriptedServer();
});
afterEach(() => {
  client.close();
  vi.useRealTimers();
  setVisibility("visible");
});

const status = () => client.status.get();
let visibility: DocumentVisibilityState = "visible";
Object.defineProperty(document, "visibilityState", { configurable: true, get: () => visibility });
function setVisibility(state: DocumentVisibilityState): void {
  visibility = state;
  document.dispatchEvent(new Event("visibilitychange"));
}

async function goLive(options: Parameters<ScriptedServer["connect"]>[0] = {}): Promise<void> {
  client = server.connect(options);
  server.socket.hello(10);
  await vi.advanceTimersByTimeAsync(20);
  expect(status()).toEqual({ state: "live" });
}

describe("close codes", () => {
  it.each([1000, 1001, 1006, 1011, 1012, 1013, 4408, 4999])("comes back after %i, from its cursor", async (code) => {
    await goLive();
    server.socket.hangUp(code);
    expect(status()).toMatchObject({ state: "offline", attempt: 1, retryAt: Date.now() + 125 });
    await vi.advanceTimersByTimeAsync(125);
    expect(server.sockets.length).toBe(2);
    expect(server.socket.url.searchParams.get("after")).toBe("10");
    expect(server.socket.url.searchParams.get("epoch")).toBe(epoch);
    server.socket.hello(10);
    server.socket.pong(12);
    expect(status()).toEqual({ state: "live" });
    expect(client.cursor?.seq).toBe(12);
  });

  it.each([1003, 1008, 1009, 4429])("takes its time after %i", async (code) => {
    await goLive();
    server.socket.hangUp(code);
    await vi.advanceTimersByTimeAsync(7_000);
    expect(server.sockets.length).toBe(1);
    await vi.advanceTimersByTimeAsync(1_000);
    expect(server.sockets.length).toBe(2);
  });

  it.each([
    [4401, "session_ended"],
    [4403, "membership_ended"],
  ] as const)("ends after %i", async (code, reason) => {
    await goLive();
    server.socket.hangUp(code);
    expect(status()).toEqual({ state: "ended", reason });
    await vi.advanceTimersByTimeAsync(120_000);
    expect(server.sockets.length).toBe(1);
  });

  it("tells a deleted workspace from a lost membership", async () => {
    await goLive();
    server.socket.say({ type: "workspace.deleted", seq: 11, workspaceId: ids.workspace });
    server.socket.hangUp(4403);
    expect(status()).toEqual({ state: "ended", reason: "workspace_deleted" });
  });

  it("closes with 1000, once and for good, when the app does", async () => {
    await goLive();
    client.close();
    expect(server.socket.closedWith).toBe(1000);
    expect(status()).toEqual({ state: "ended", reason: "closed" });
    window.dispatchEvent(new Event("online"));
    await vi.advanceTimersByTimeAsync(120_000);
    expect(server.sockets.length).toBe(1);
  });
});

describe("open", () => {
  it("goes on from its cursor after the app closed it", async () => {
    await goLive();
    client.close();
    client.open();
    client.open();
    expect(status()).toEqual({ state: "connecting" });
    expect(server.sockets.length).toBe(2);
    expect(server.socket.url.searchParams.get("after")).toBe("10");
  });

  it("does nothing once the server has ended it", async () => {
    await goLive();
    server.socket.hangUp(4403);
    client.open();
    expect(status()).toEqual({ state: "ended", reason: "membership_ended" });
    expect(server.sockets.length).toBe(1);
  });
});

describe("backoff", () => {
  it("doubles its ceiling up to 15 seconds, with full jitter", async () => {
    server.answer = () => Promise.reject(new TypeError("network"));
    client = server.connect({ random: () => 1 });
    const delays: number[] = [];
    for (let i = 0; i < 9; i++) {
      server.socket.hangUp(1006);
      const now = status();
      if (now.state !== "offline") throw new Error(now.state);
      delays.push(now.retryAt - Date.now());
      await vi.advanceTimersByTimeAsync(now.retryAt - Date.now());
    }
    expect(delays).toEqual([250, 500, 1000, 2000, 4000, 8000, 15000, 15000, 15000]);
  });

  it("starts over after a connection that lasted, and not after one that didn't", async () => {
    await goLive();
    server.socket.hangUp(1006);
    await vi.advanceTimersByTimeAsync(125);
    server.socket.hello(10);
    server.socket.hangUp(1006);
    expect(status()).toMatchObject({ state: "offline", attempt: 2 });
    await vi.advanceTimersByTimeAsync(250);
    server.socket.hello(10);
    await vi.advanceTimersByTimeAsync(6_000);
    server.socket.hangUp(1006);
    expect(status()).toMatchObject({ state: "offline", attempt: 1 });
  });

  it("asks the snapshot why a handshake was refused", async () => {
    client = server.connect();
    server.answer = () => Promise.reject(new SnapshotRefused(401));
    server.socket.hangUp(1006);
    await vi.advanceTimersByTimeAsync(1);
    expect(status()).toEqual({ state: "ended", reason: "session_ended" });
  });

  it("doesn't ask again and again when the snapshot is given", async () => {
    client = server.connect();
    for (let i = 0; i < 6; i++) {
      server.socket.hangUp(1006);
      await vi.advanceTimersByTimeAsync(4_000);
    }
    expect(server.snapshotRequests.length).toBe(1);
  });

  it("gives up on a server that opens sockets and says nothing", async () => {
    client = server.connect();
    server.answer = () => Promise.reject(new TypeError("network"));
    await vi.advanceTimersByTimeAsync(15_000);
    expect(status()).toMatchObject({ state: "offline" });
    expect(server.sockets[0]?.closedWith).toBeDefined();
  });
});

describe("silence", () => {
  it("pings after a heartbeat without a word, and stays if there is an answer", async () => {
    await goLive();
    await vi.advanceTimersByTimeAsync(25_000);
    expect(server.socket.received).toEqual([{ type: "ping" }]);
    server.socket.pong(10);
    await vi.advanceTimersByTimeAsync(24_000);
    expect(status()).toEqual({ state: "live" });
    expect(server.sockets.length).toBe(1);
  });

  it("counts the connection as lost 10 seconds after a ping without an answer", async () => {
    await goLive();
    await vi.advanceTimersByTimeAsync(34_900);
    expect(status()).toEqual({ state: "live" });
    await vi.advanceTimersByTimeAsync(100);
    expect(status()).toMatchObject({ state: "offline" });
    expect(server.sockets[0]?.closedWith).toBeDefined();
  });

  it("doesn't ping while frames arrive", async () => {
    await goLive();
    for (let i = 0; i < 10; i++) {
      await vi.advanceTimersByTimeAsync(20_000);
      server.socket.say({ type: "presence.count", online: i });
    }
    expect(server.socket.received).toEqual([]);
  });

  it("hears nothing more of a socket that it gave up", async () => {
    await goLive();
    const old = server.socket;
    await vi.advanceTimersByTimeAsync(36_000);
    old.say({ type: "workspace.member.left", seq: 11, memberId: ids.grace });
    old.hangUp(4403);
    expect(status().state).not.toBe("ended");
    expect(client.stores.members.get().has(ids.grace)).toBe(true);
  });
});

describe("the page", () => {
  it.each(["online", "visible"])("connects at once when the browser is %s again", async (how) => {
    await goLive({ random: () => 1 });
    for (let i = 0; i < 7; i++) {
      server.answer = () => Promise.reject(new TypeError("network"));
      server.socket.hangUp(1006);
      if (i < 6) await vi.advanceTimersByTimeAsync(15_000);
    }
    const before = server.sockets.length;
    if (how === "online") window.dispatchEvent(new Event("online"));
    else setVisibility("visible");
    expect(server.sockets.length).toBe(before + 1);
    // The timer that was waiting is gone: no second socket.
    await vi.advanceTimersByTimeAsync(14_000);
    expect(server.sockets.length).toBe(before + 1);
  });

  it("gives up an attempt that hangs when the browser is online again, and none that has just begun", async () => {
    await goLive();
    server.socket.hangUp(1006);
    await vi.advanceTimersByTimeAsync(200);
    expect(server.sockets.length).toBe(2);
    window.dispatchEvent(new Event("online"));
    expect(server.sockets.length).toBe(2);
    await vi.advanceTimersByTimeAsync(2_000);
    window.dispatchEvent(new Event("online"));
    expect(server.sockets.length).toBe(3);
  });

  it("looks whether a connection still stands when the tab is seen again", async () => {
    await goLive();
    await vi.advanceTimersByTimeAsync(5_000);
    setVisibility("visible");
    expect(server.socket.received).toEqual([{ type: "ping" }]);
    await vi.advanceTimersByTimeAsync(10_000);
    expect(status()).toMatchObject({ state: "offline" });
  });

  it("is away after a minute in the background, and back when seen", async () => {
    await goLive();
    setVisibility("hidden");
    await vi.advanceTimersByTimeAsync(20_000);
    server.socket.say({ type: "presence.count", online: 1 });
    await vi.advanceTimersByTimeAsync(20_000);
    server.socket.say({ type: "presence.count", online: 1 });
    await vi.advanceTimersByTimeAsync(19_900);
    expect(server.socket.received).toEqual([]);
    await vi.advanceTimersByTimeAsync(100);
    expect(server.socket.received).toEqual([{ type: "presence.away" }]);
    setVisibility("visible");
    expect(server.socket.received.slice(0, 2)).toEqual([{ type: "presence.away" }, { type: "presence.back" }]);
  });

  it("isn't away after a glance elsewhere", async () => {
    await goLive();
    setVisibility("hidden");
    await vi.advanceTimersByTimeAsync(500);
    setVisibility("visible");
    server.socket.pong(10);
    await vi.advanceTimersByTimeAsync(20_000);
    expect(server.socket.received).toEqual([{ type: "ping" }]);
  });

  it("looks whether a connection still stands when the network goes", async () => {
    await goLive();
    window.dispatchEvent(new Event("offline"));
    expect(server.socket.received).toEqual([{ type: "ping" }]);
    await vi.advanceTimersByTimeAsync(10_000);
    expect(status()).toMatchObject({ state: "offline" });
  });

  it("says that it is away on a new connection too", async () => {
    await goLive();
    setVisibility("hidden");
    await vi.advanceTimersByTimeAsync(60_000);
    server.socket.hangUp(1012);
    await vi.advanceTimersByTimeAsync(15_000);
    server.socket.hello(10);
    expect(server.socket.received).toContainEqual({ type: "presence.away" });
  });

  it("closes cleanly when the page goes, and comes back from the back-forward cache", async () => {
    await goLive();
    window.dispatchEvent(new Event("pagehide"));
    expect(server.socket.closedWith).toBe(1000);
    await vi.advanceTimersByTimeAsync(600_000);
    expect(server.sockets.length).toBe(1);
    const shown = new Event("pageshow");
    Object.defineProperty(shown, "persisted", { value: true });
    window.dispatchEvent(shown);
    expect(server.sockets.length).toBe(2);
    server.socket.hello(10);
    server.socket.pong(10);
    expect(status()).toEqual({ state: "live" });
  });

  it("keeps what it showed while it is offline", async () => {
    await goLive();
    server.socket.hangUp(1006);
    expect(client.stores.members.get().size).toBe(2);
    server.answer = async () => snapshot(99);
    await vi.advanceTimersByTimeAsync(125);
    server.socket.hello(99);
    await vi.advanceTimersByTimeAsync(20);
    expect(client.cursor?.seq).toBe(99);
  });
});
