import type { ServerEvent } from "@orbit/catalog";
import { eventDocs } from "@orbit/catalog/docs";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import type { RealtimeClient } from "./realtime_client.ts";
import { fetchSnapshot } from "./snapshot.ts";
import { ScriptedServer, snapshot } from "./testing/scripted_server.ts";

// What a client bears: whatever a socket may say, whichever code it closes with, however long its tab was asleep.

let server: ScriptedServer;
let client: RealtimeClient;

beforeEach(async () => {
  vi.useFakeTimers();
  server = new ScriptedServer();
  await goLive();
});
afterEach(() => {
  client.close();
  vi.useRealTimers();
  vi.restoreAllMocks();
});

const status = () => client.status.get();

async function goLive(): Promise<void> {
  client = server.connect();
  server.socket.hello(10);
  await vi.advanceTimersByTimeAsync(20);
  expect(status()).toEqual({ state: "live" });
}

const serverDocs = eventDocs.filter((doc) => doc.direction === "server");

describe("a malformed frame is dropped, counted, and never thrown", () => {
  // Nothing of what is said here may change anything that is shown.
  const shown = () => Object.values(client.stores).map((store) => store.get());
  let before: unknown[];
  let heard: ServerEvent[];

  beforeEach(() => {
    before = shown();
    heard = [];
    client.onEvent((event) => heard.push(event));
  });
  afterEach(async () => {
    await vi.advanceTimersByTimeAsync(200);
    const after = shown();
    for (const [i, value] of after.entries()) expect(value).toBe(before[i]);
    expect(heard).toEqual([]);
    expect(status()).toEqual({ state: "live" });
    expect(client.cursor?.seq).toBe(10);
  });

  it.each(serverDocs.map((doc) => [doc.type, doc] as const))(
    "%s without one of its fields, or with a wrong one",
    (_, doc) => {
      const example = doc.example as Record<string, unknown>;
      let said = 0;
      const say = (frame: Record<string, unknown>) => {
        server.socket.sayRaw(JSON.stringify(frame));
        expect(client.dropped, JSON.stringify(frame)).toEqual({ malformed: ++said, unknown: 0 });
      };
      for (const { name, type, optional } of doc.fields) {
        const { [name]: _, ...without } = example;
        if (!optional) say(without);
        // The payload of a signal may be anything that is there.
        if (name === "payload") continue;
        for (const wrong of [{ no: "such thing" }, [[]], 0.5]) say({ ...example, [name]: wrong });
        if (!type.includes("null")) say({ ...example, [name]: null });
      }
    },
  );

  it("a frame that was cut off anywhere", () => {
    const frame = JSON.stringify(serverDocs.find((doc) => doc.type === "workspace.member.joined")?.example);
    for (let length = 0; length < frame.length; length++) server.socket.sayRaw(frame.slice(0, length));
    expect(client.dropped).toEqual({ malformed: frame.length, unknown: 0 });
  });

  it("what is no JSON object, or has no type", () => {
    const frames = ["null", "[]", "7", '"hello"', "{}", '{"type":null}', '{"type":["hello"]}', "\uFEFF{}", "<html>"];
    for (const frame of frames) server.socket.sayRaw(frame);
    expect(client.dropped).toEqual({ malformed: frames.length, unknown: 0 });
  });

  it("what is no text", () => {
    const frames = [new ArrayBuffer(4), new Blob(["{}"]), new Uint8Array(2), null, undefined, 7];
    for (const frame of frames) server.socket.sayRaw(frame);
    expect(client.dropped).toEqual({ malformed: frames.length, unknown: 0 });
  });
});

describe("after whichever code", () => {
  const codes = [...Array(16).keys()]
    .map((i) => 1000 + i)
    .concat(
      3000,
      [...Array(500).keys()].map((i) => 4000 + i),
    );

  it("it comes back within a quarter of a minute, or says that it has ended", async () => {
    for (const code of codes) {
      client.close();
      server = new ScriptedServer();
      await goLive();
      server.socket.hangUp(code);
      await vi.advanceTimersByTimeAsync(15_000);
      const ends = code === 4401 || code === 4403;
      expect(server.sockets.length, `sockets after ${code}`).toBe(ends ? 1 : 2);
      expect(status().state, `state after ${code}`).toBe(ends ? "ended" : "offline");
    }
  });
});

describe("a tab that slept", () => {
  // Its timers didn't run, and its clock has gone on.
  const sleep = (ms: number) => vi.setSystemTime(Date.now() + ms);

  it("asks at once whether the connection still stands when it is thawed", async () => {
    sleep(8 * 3_600_000);
    document.dispatchEvent(new Event("resume"));
    expect(server.socket.received).toEqual([{ type: "ping" }]);
    server.socket.pong(10);
    await vi.advanceTimersByTimeAsync(20_000);
    expect(status()).toEqual({ state: "live" });
    expect(server.sockets.length).toBe(1);
  });

  it("comes back when nobody answers, though nothing told it that it slept", async () => {
    sleep(8 * 3_600_000);
    await vi.advanceTimersByTimeAsync(25_000);
    expect(server.socket.received).toEqual([{ type: "ping" }]);
    await vi.advanceTimersByTimeAsync(10_000);
    expect(status()).toMatchObject({ state: "offline" });
    await vi.advanceTimersByTimeAsync(250);
    expect(server.sockets.length).toBe(2);
    server.socket.hello(10);
    server.socket.pong(10);
    expect(status()).toEqual({ state: "live" });
  });
});

describe("the debug log", () => {
  afterEach(() => {
    globalThis.orbitDebug = undefined;
    localStorage.clear();
  });

  it("is silent until it is switched on in the console", () => {
    const log = vi.spyOn(console, "debug").mockImplementation(() => {});
    server.socket.pong(11);
    server.socket.sayRaw("{");
    expect(log).not.toHaveBeenCalled();
    globalThis.orbitDebug = true;
    server.socket.pong(11);
    server.socket.sayRaw("{");
    expect(log.mock.calls.map(([line]) => line)).toEqual(["orbit acme: pong", "orbit acme: dropped: not JSON"]);
  });

  it("can be kept on across reloads", () => {
    const log = vi.spyOn(console, "debug").mockImplementation(() => {});
    globalThis.orbitDebug = undefined;
    localStorage.setItem("orbitDebug", "1");
    server.socket.pong(11);
    expect(log).toHaveBeenCalledTimes(1);
  });
});

describe("the snapshot over HTTP", () => {
  const request = { url: "https://app.example", workspace: "a/b", signal: new AbortController().signal };
  const answer = (body: unknown, status = 200) =>
    vi.spyOn(globalThis, "fetch").mockImplementation(async () => Response.json(body, { status }));

  it("is asked for with the session cookie, and checked", async () => {
    const asked = answer(snapshot(7));
    expect((await fetchSnapshot(request)).seq).toBe(7);
    expect(asked).toHaveBeenCalledWith("https://app.example/v1/workspaces/a%2Fb", {
      credentials: "include",
      signal: request.signal,
    });
  });

  it("is not taken when it is malformed or refused", async () => {
    answer({ ...snapshot(7), members: [{}] });
    await expect(fetchSnapshot(request)).rejects.toThrow("the snapshot is malformed: snapshot.members[0].id");
    answer({ code: "forbidden" }, 403);
    await expect(fetchSnapshot(request)).rejects.toMatchObject({ name: "SnapshotRefused", status: 403 });
  });
});
